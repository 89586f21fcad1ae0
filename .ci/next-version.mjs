// Prints the version that CHANGELOG.md names first: whoever releases writes it there.
import { readFileSync } from 'node:fs';

const [, heading] = /^## (.*)$/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
const [version] = /^\d+\.\d+\.\d+(?= |$)/.exec(heading ?? '') ?? [];
if (!version) {
  console.error(`CHANGELOG.md begins with "${heading}": name the version to release, as in "## 0.1.0 (2026-12-01)"`);
  process.exit(1);
}
console.log(version);
