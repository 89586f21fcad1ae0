import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

export const SEPARATOR = '---\n';

/** What an example writes, byte for byte, from the golden files of its parts. Only their headers begin with `#` in the first column. */
export function wholeOf(story: string, provider: string): string {
  const folder = join(__dirname, 'golden', story, provider);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort();
  return files.map((file) => readFileSync(join(folder, file), 'utf8').replace(/^#.*\n/gm, '')).join(SEPARATOR);
}
