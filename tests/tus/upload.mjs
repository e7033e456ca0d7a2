// Uploads a file with tus-js-client: upload.mjs ENDPOINT TOKEN FILE [CHUNK]. It goes on by itself after each interruption; the last line says
// where the file is and how often it was interrupted.
import {createReadStream, statSync} from "node:fs";
import {Upload} from "tus-js-client";

const [endpoint, token, path, chunk] = process.argv.slice(2);
let retries = 0;
const upload = new Upload(createReadStream(path), {
  endpoint,
  uploadSize: statSync(path).size,
  chunkSize: Number(chunk),
  retryDelays: Array(200).fill(100),
  headers: {Authorization: `Bearer ${token}`},
  metadata: {filename: "grande.bin", filetype: "application/octet-stream"},
  onShouldRetry: () => { retries += 1; return true; },
  onProgress: (sent) => console.log("sent", sent),
  onError: (error) => { console.error(String(error)); process.exitCode = 1; },
  onSuccess: () => console.log("done", JSON.stringify({url: upload.url, retries})),
});
upload.start();
