import { Yaml } from 'cdk8s';

/** The reason why YAML parsers would change or reject a text. */
export interface TextFault {
  /** What happens to the text. The message continues after the name of the text. */
  readonly message: string;
  readonly expected: string;
  readonly fix: string;
}

/** Control characters, unpaired surrogates, and characters that YAML 1.1 parses as line breaks or rejects. */
const UNREADABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u;
const UNREADABLE_IN_LINES = /[^\P{Cc}\t\n]|[\p{Cs}\u2028\u2029\ufffe\uffff]/u;

/**
 * Returns the reason why YAML parsers would change or reject a text, or nothing. The library cannot quote a text itself: cdk8s writes
 * manifests as YAML 1.1, and quotes a text only if YAML 1.1 would parse it as another type. Kubernetes parses more texts as numbers
 * (sigs.k8s.io/yaml 1.6, go.yaml.in/yaml v2 resolve), and a tab at the start of a block as indentation.
 */
export function textFault(text: string, mayHaveLines: boolean): TextFault | undefined {
  if ((mayHaveLines ? UNREADABLE_IN_LINES : UNREADABLE).test(text)) {
    return {
      message: 'contains a control character, half of a surrogate pair, or a line break that some YAML readers do not accept', expected: mayHaveLines ? 'text with tabs and line breaks ("\\n"), but no other control characters' : 'text without control characters',
      fix: 'remove the character',
    };
  }
  if (isNumber(text) && writtenAs(text) === `${text}\n`) {
    return { message: 'is written to YAML without quotes, so Kubernetes reads it as a number', expected: 'a text that YAML readers do not take for a number, unlike "0o7", "0B1" and "1e_3"', fix: 'choose another text' };
  }
  if (/^\n*\t/.test(text) && /^[|>]/.test(writtenAs(text))) {
    return { message: 'has several lines and starts with a tab, which YAML readers take for indentation', expected: 'text whose first line starts with another character', fix: 'start the first line with another character' };
  }
  return undefined;
}

/** Returns the reason why YAML parsers would change or reject a text as the key of a map. The key "<<" would merge another map. */
export function keyFault(key: string): TextFault | undefined {
  return key === '<<' ? { message: 'is the YAML merge key, so readers would merge another map into this one', expected: 'any other key', fix: 'rename the key' } : textFault(key, false);
}

const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const BINARY = /^0b[-+]?[01]+$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function isNumber(text: string): boolean {
  if (!/^[-+0-9]/.test(text)) return false;
  const digits = text.replace(/_/g, '');
  return INTEGER.test(digits) || BINARY.test(digits) || FLOAT.test(digits);
}

function writtenAs(text: string): string {
  return Yaml.stringify(text);
}
