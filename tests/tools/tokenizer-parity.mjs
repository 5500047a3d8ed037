// Writes tests/LocalRecall.Tests/Infrastructure/Onnx/tokenizer-parity.bin.br: hostile and ordinary strings with the ids that
// the reference tokenizer gives them. Per string: group (.NET string), UTF-16 units (int32, then each 16 bits), ids (int32, then each 16 bits).
// npm install --prefix tests/tools && node tests/tools/tokenizer-parity.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import { Tokenizer } from '@huggingface/tokenizers';

const root = new URL('../../', import.meta.url);
const read = name => JSON.parse(readFileSync(new URL('artifacts/models/all-MiniLM-L6-v2-q4/' + name, root)));
const tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
const vocabulary = Object.keys(read('tokenizer.json').model.vocab);

// xorshift32: the same corpus every time.
let state = 20240917;
const random = n => {
  state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
  return (state >>> 0) % n;
};
const pick = list => list[random(list.length)];
const some = (min, max, make, separator = '') => Array.from({ length: min + random(max - min + 1) }, make).join(separator);
const between = (from, to) => String.fromCodePoint(from + random(to - from + 1));
const chars = text => [...text];

const words = 'memory actor session vector search index writer reader crash restart the a of with never always because decided measured token budget naïveté GPU HTTP2 localhost 127.0.0.1 v1.5.31 e.g. don\'t it\'s'.split(' ');
const identifiers = ['getUserById', 'MAX_FRAME_SIZE', 'snake_case_name', 'IEnumerable<int>', 'x', 'i++', '$scope', '@Override', '#define', '__init__', 'std::vector<T>', 'foo?.bar', 'a[i][j]', '0xDEADBEEF', '1e-9', '${name}', '{{ value }}', '%s', '\\d+\\s*'];
const operators = chars('$+<=>^`|~!"#%&\'()*,-./:;?@[\\]_{}').concat(['=>', '->', '<=', '>=', '!=', '&&', '||', '??', '::', '//', '/*', '*/', '<!--', '-->', '```', '~~~', '===']);
const accented = chars('àáâãäåāăąæçćčďđèéêëēėęğìíîïīıİłñńňòóôõöøōőœřßśšşťùúûüūůűýÿžźżÀÉÎÕÜŽĐŁØÞðẞﬁﬂǄǅǆẤệỗựḤṣ');
const marks = chars('\u0300\u0301\u0302\u0303\u0308\u030A\u0327\u0328\u0338\u20D0\u0489\u093F\u0E31\u05B0\u064B\uFE0F\uFE0E\u3099\u309A');
const invisible = chars('\u200B\u200C\u200D\u200E\u200F\u2060\u2061\uFEFF\u00AD\u180E\u061C\u202A\u202E\u2066\u2069\u034F\u115F\u3164');
const spaces = chars(' \t\n\r\u00A0\u1680\u2000\u2003\u2009\u200A\u2028\u2029\u202F\u205F\u3000');
const controls = Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).concat(Array.from({ length: 33 }, (_, i) => String.fromCharCode(127 + i)));
const odd = ['\uFFFD', '\uFFFE', '\uFFFF', '\uFDD0', '\uE000', '\uF8FF', '\u{F0000}', '\u{10FFFF}', '\u{E0001}', '\u{E0041}', '\u0000'];
const lone = () => String.fromCharCode(0xD800 + random(0x800));
const emoji = ['🚀', '👩‍👩‍👧‍👦', '👍🏽', '🇫🇷', '✅', '❤️', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '☃', '™', '©', '→', '≠', '∑', '½', '²', '…', '€', '£', '¥', '₿', '°', '±', '×', '÷', '¬', '¨', '´', '¸', '¯'];
const cjk = () => pick([() => between(0x4E00, 0x9FFF), () => between(0x3400, 0x4DBF), () => between(0xF900, 0xFAD9), () => between(0x20000, 0x2A6DF), () => between(0x3041, 0x3096), () => between(0x30A1, 0x30FA), () => between(0xAC00, 0xD7A3), () => between(0x1100, 0x11FF), () => pick(chars('。、「」・ー〜！？（）々〇㍿①ｶﾞ')) ])();
const rtl = () => pick([() => between(0x5D0, 0x5EA), () => between(0x627, 0x64A), () => between(0x660, 0x669), () => pick(chars('،؛؟־׳״ـ'))])();
const scripts = () => pick([() => between(0x391, 0x3C9), () => between(0x400, 0x45F), () => between(0x531, 0x586), () => between(0x905, 0x939), () => between(0xE01, 0xE2E), () => between(0x10A0, 0x10C5), () => between(0x13A0, 0x13F5), () => between(0x1F00, 0x1F15), () => between(0x2160, 0x217F), () => between(0x24B6, 0x24E9), () => between(0x10400, 0x1044F), () => between(0x1D400, 0x1D454), () => between(0x1E900, 0x1E943)])();
const greek = chars('ΑΒΓΔΣΣΣΣΩΐΰάσς').concat([' ', '.', '’', ':', '-', 'a', 'A', '1', '\u0301', '\u00AD', '´']);
const specials = ['[CLS]', '[SEP]', '[PAD]', '[UNK]', '[MASK]', '[cls]', '[', ']', '[[SEP]]', '[SEP', 'SEP]', '[MASK ]'];

const groups = {
  prose: [400, () => some(1, 16, () => pick(words) + pick(['', '', '', ',', '.', '!', '?', ' —', ';']), ' ')],
  code: [600, () => some(1, 12, () => pick([pick(identifiers), pick(operators), pick(words)]), '').concat(pick(['', '\n', '\t', ';\n']), some(0, 12, () => pick(identifiers) + pick(operators), pick([' ', '\n', '\t', '\r\n'])))],
  markdown: [500, () => some(1, 8, () => pick(['# ', '## ', '- ', '* ', '1. ', '> ', '| a | b |', '```cs', '---', '**', '`', '[x](http://h/p?q=1#f)', '- [ ] ']) + some(0, 6, () => pick(words), ' '), '\n')],
  pieces: [400, () => some(1, 6, () => pick(vocabulary).replace(/^##/, ''), pick(['', ' ']))],
  operators: [300, () => some(1, 24, () => pick(operators), pick(['', '', ' ']))],
  accents: [400, () => some(1, 24, () => pick([pick(accented), pick(accented), between(97, 122), pick(marks), ' ']))],
  marks: [300, () => some(1, 14, () => pick([pick(marks), between(97, 122), between(0xC0, 0x17F)]))],
  cjk: [500, () => some(1, 16, () => pick([cjk, cjk, cjk, () => between(97, 122), () => ' '])())],
  scripts: [400, () => some(1, 20, () => pick([scripts, scripts, scripts, () => ' '])())],
  rightToLeft: [300, () => some(1, 16, () => pick([rtl, rtl, rtl, () => ' ', () => pick(marks), () => pick(invisible)])())],
  greekSigma: [300, () => some(1, 14, () => pick(greek))],
  emoji: [300, () => some(1, 15, () => pick([pick(emoji), pick(words), ' ']))],
  invisible: [300, () => some(1, 14, () => pick([pick(invisible), between(97, 122), ' ']))],
  spaces: [200, () => some(0, 30, () => pick([pick(spaces), pick(spaces), between(97, 122)]))],
  controls: [300, () => some(0, 16, () => pick([pick(controls), between(97, 122), ' ', pick(odd)]))],
  surrogates: [300, () => some(1, 12, () => pick([lone(), between(97, 122), '😀', '\u{10400}', ' ']))],
  longWords: [100, () => some(1, 3, () => some(97, 103, () => pick([() => between(97, 122), () => between(97, 122), () => '😀'])()), pick([' ', '-', '']))],
  specials: [200, () => some(1, 12, () => pick([pick(specials), pick(words), ' ']))],
  long: [12, () => some(300, 500, () => pick([pick(words), pick(identifiers), cjk(), pick(emoji)]), pick([' ', '\n', '  ', '\t']))],
  noise: [400, () => some(1, 14, () => { const c = random(0x30000); return c >= 0xD800 && c < 0xE000 || /\p{Cn}/u.test(String.fromCodePoint(c)) || isNew(c) ? ' ' : String.fromCodePoint(c); })],
};

// Marks and punctuation that Unicode 17 added; runtimes with older tables don't know them yet.
function isNew(c) {
  return c >= 0x1ACF && c <= 0x1AEB || c >= 0x10ED0 && c <= 0x10EFB || c >= 0x11B60 && c <= 0x11B67 || c >= 0x1E6E3 && c <= 0x1E6F5;
}

const cases = Object.entries(groups).flatMap(([group, [count, make]]) => Array.from({ length: count }, () => [group, make()]));

// Every other character there is, inside a word and alone; of the huge regular blocks one in 41.
let row = [];
for (let c = 1; c < 0x20000; c++) {
  const huge = c >= 0x3400 && c <= 0x9FFF || c >= 0xAC00 && c <= 0xD7A3 || c >= 0x12000 && c <= 0x18CFF;
  const character = String.fromCodePoint(c);
  if (c >= 0xD800 && c < 0xF900 || isNew(c) || huge && c % 41 || /\p{Cn}/u.test(character))
    continue;
  row.push(`a${character}b ${character}`);
  if (row.length === 40) {
    cases.push(['everyCharacter', row.join(' ')]);
    row = [];
  }
}
cases.push(['everyCharacter', row.join(' ')]);

const parts = [];
for (const [group, text] of cases) {
  const { ids } = tokenizer.encode(text);
  const record = Buffer.alloc(1 + group.length + 4 + 2 * text.length + 4 + 2 * ids.length);
  let at = record.writeUInt8(group.length, 0);
  at += record.write(group, at);
  at = record.writeInt32LE(text.length, at);
  for (let i = 0; i < text.length; i++) at = record.writeUInt16LE(text.charCodeAt(i), at);
  at = record.writeInt32LE(ids.length, at);
  for (const id of ids) at = record.writeUInt16LE(id, at);
  parts.push(record);
}
const packed = brotliCompressSync(Buffer.concat(parts), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
writeFileSync(new URL('tests/LocalRecall.Tests/Infrastructure/Onnx/tokenizer-parity.bin.br', root), packed);
console.log(`${cases.length} strings, ${packed.length} bytes`);
