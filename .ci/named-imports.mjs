// Prints an ES module that imports by name every class and enum that the assembly lists.
import { readFileSync } from 'node:fs';

const { types } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const names = Object.values(types).filter(({ kind }) => kind !== 'interface').map(({ name }) => name).sort();
if (names.length === 0) throw new Error(`${process.argv[2]} lists no classes`);
console.log(`import { ${names.join(', ')} } from 'cdk8s-agent-mesh';
const all = { ${names.join(', ')} };
for (const [name, value] of Object.entries(all)) if (value === undefined) throw new Error(\`\${name} is not exported\`);
console.log(\`\${Object.keys(all).length} named imports from ESM\`);`);
