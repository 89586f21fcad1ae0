import { CHECKS } from '../src/model/check-id';

const HEAD = `# Checks

Generated from what the checks declare. A problem names its check behind its text, as in \`[AM103]\`; an id never moves to another check. Of some
checks the team may say that it means what was found: \`mesh.acknowledge('AM103', 'reason')\`. AM4xx are findings, which fail no synth.

| id | what was found | may be acknowledged |
| --- | --- | --- |
`;

/** Every check by its id: the text of docs/checks.md. */
export function checksTable(): string {
  return HEAD + Object.entries(CHECKS).map(([id, check]) => `| ${id} | ${check.title} | ${'acknowledgeable' in check ? 'yes' : ''} |\n`).join('');
}
