/* One draw a line in (name → text in Base64), what the JavaScript verifier makes of it out: what it found, and the files it made. */
import fs from "node:fs";
import readline from "node:readline";
import { Refused, drawing, hex, sha256, verify } from "../../../verifiers/draw.mjs";

function made(files) {
  try {
    const steps = drawing(files);
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value;
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

for await (const line of readline.createInterface({ input: fs.createReadStream(process.argv[2]), crlfDelay: Infinity })) {
  const files = Object.fromEntries(Object.entries(JSON.parse(line)).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))]));
  if (files.message) console.log(hex(sha256(files.message)));
  else console.log(JSON.stringify({ found: verify(files), made: made(files) }));
}
