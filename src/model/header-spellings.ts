/** Returns the other header names that servers may treat as the same header, because they do not distinguish "_" and "-" (CGI, RFC 3875). */
export function spellings(header: string): string[] {
  const [first, ...rest] = header.split('-');
  const all = rest.reduce<string[]>((heads, part) => heads.flatMap((head) => [`${head}-${part}`, `${head}_${part}`]), [first]);
  return all.filter((name) => name !== header);
}
