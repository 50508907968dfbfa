// Signs what the packages say of a release, for programs that look for updates: `latest*.yml` gets a `.sig` beside it
// (Ed25519, base64). node tools/dist/sign-updates.mjs PRIVATE_KEY.pem [FOLDER [PUBLIC_KEY.pem]]
// With the public key that programs have: fails when it is another one's, before anybody finds out with an update.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [keyFile, folder = fileURLToPath(new URL('../../out/packages', import.meta.url)), publicFile] =
  process.argv.slice(2);
if (keyFile === undefined) {
  console.error(
    'Name the file with the private key: openssl genpkey -algorithm ed25519 -out release-key.pem',
  );
  process.exit(2);
}
const key = createPrivateKey(readFileSync(keyFile));
const checked = publicFile === undefined ? createPublicKey(key) : createPublicKey(readFileSync(publicFile));
const names = readdirSync(folder).filter((name) => /^latest.*\.yml$/.test(name));
for (const name of names) {
  const text = readFileSync(join(folder, name));
  const signature = sign(null, text, key);
  if (!verify(null, text, checked, signature)) {
    console.error('The private key does not belong to the public one that programs have');
    process.exit(1);
  }
  writeFileSync(join(folder, `${name}.sig`), `${signature.toString('base64')}\n`);
  console.log(`${name}.sig`);
}
if (names.length === 0) {
  console.error(`${folder} has no latest*.yml: nothing was signed`);
  process.exit(1);
}
