import type { UploadParts } from '../core/uploads.ts';

/** XMLHttpRequest, since fetch tells no progress of what is sent. */
export const sender =
  (token: () => string | null): UploadParts['send'] =>
  (method, path, headers, body, progress) => {
    const request = new XMLHttpRequest();
    const answer = new Promise<{ status: number; header: (name: string) => string | null }>((done, fail) => {
      request.open(method, path);
      const bearer = token();
      if (bearer) request.setRequestHeader('Authorization', `Bearer ${bearer}`);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = event => progress(event.loaded);
      request.onload = () => done({ status: request.status, header: name => request.getResponseHeader(name) });
      request.onerror = () => fail(new Error('network'));
      request.onabort = () => fail(new Error('abort'));
      request.send(body);
    });
    return { answer, abort: () => request.abort() };
  };
