import { InputProblem } from '../../model/problem';

// The grammar of image references (distribution 3.0, reference). Only the part before the first "/" can have a port.
const HOST_LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const DOMAIN = `(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const NAME = `(?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = 'sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}';
const IMAGE = new RegExp(`^(?<name>${NAME})(?::(?<tag>${TAG}))?(?:@(?<digest>${DIGEST}))?$`);

const MOST_NAME = 255;

/** Reports an image whose tag may change: one without a tag or digest, or with the tag "latest". */
export function imageProblem(image: string): InputProblem | undefined {
  const { name = '', tag, digest } = IMAGE.exec(image)?.groups ?? {};
  const isPinned = name.length <= MOST_NAME && (digest !== undefined || (tag !== undefined && tag !== 'latest'));
  return isPinned ? undefined : {
    message: 'the image has no fixed version', actual: image, expected: 'an image with a tag other than "latest", or with a digest',
    fix: 'pin the version, as in "registry.example.com/agent:1.4.2"',
  };
}
