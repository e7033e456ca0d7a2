const SIDE = 256;
const QUALITY = 0.9;

/** The middle of a picture as a small square, upright and without what the camera wrote into it; fails when it is none. */
export async function squareOf(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const left = (picture.width - side) / 2;
  const top = (picture.height - side) / 2;
  canvas.getContext('2d')?.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
  picture.close();
  return new Promise((done, fail) =>
    canvas.toBlob(made => (made ? done(made) : fail(new Error('no picture'))), 'image/webp', QUALITY),
  );
}
