// Which characters are not seen, or change how others are seen, and how they are shown instead. The one place that
// knows them: pages, shares, exports, the command line and commands for copying all ask here.
//
// What is shown as a sign: control characters other than tab, line feed and carriage return; everything that Unicode
// calls a format character or lets a font leave undrawn (bidirectional controls and marks, zero width, fillers, soft
// hyphen, variation selectors, tags); line and paragraph separators; the empty Braille cell; half characters.
// What stays, because it belongs to how a script is written: joiners between letters of scripts that use them and
// inside an emoji, the variation selector of an emoji or ideograph, the tags of a flag, fillers between Hangul letters.

// Numbers and verses in Arabic and others are format characters that are drawn.
const DRAWN = String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]`
const UNSEEN = String.raw`(?:(?!${DRAWN})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\uFFF0-\uFFFB])`

/** Scripts in which a joiner decides how the letter beside it is drawn. */
const JOINING = [
  'Arabic Syriac Nko Mandaic Mongolian Phags_Pa Adlam Hanifi_Rohingya Devanagari Bengali Gurmukhi Gujarati Oriya Tamil',
  'Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan Balinese Javanese',
]
  .join(' ')
  .split(' ')
  .map((name) => String.raw`\p{scx=${name}}`)
  .join('')

const JOINED = String.raw`(?:(?!\p{Default_Ignorable_Code_Point})(?=[${JOINING}])[\p{L}\p{M}])`

const EMOJI_END = String.raw`[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u{E007F}]`

/** Unseen characters where they belong; each is left as it is. */
const LEGITIMATE = [
  // A joiner behind a letter of such a script; between emoji only the one that joins.
  String.raw`(?<=${JOINED})[\u200C\u200D](?=${JOINED}|[\s\p{P}]|$)`,
  String.raw`(?<=${EMOJI_END})\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=[\p{Emoji}])[\uFE0E\uFE0F]`,
  String.raw`(?<=\p{Script=Han})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=[\u1820-\u18AA])[\u180B-\u180D\u180F]`,
  // England, Scotland, Wales: a black flag, the letters of the region as tags, and the tag that ends them.
  String.raw`(?<=\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{0,6})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}](?=[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{0,6}\u{E007F})`,
  String.raw`(?<=\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{1,7})\u{E007F}`,
  String.raw`(?<=[\u1100-\u1112])\u1160|\u115F(?=[\u1161-\u1175])`,
].join('|')

/** Only of these can one be where it belongs; of all others the long question is not asked. */
const MAY_BELONG = String.raw`[\u115F\u1160\u180B-\u180D\u180F\u200C\u200D\uFE00-\uFE0F\u{E0030}-\u{E01EF}]`

const SIGN = new RegExp(String.raw`(?=${UNSEEN})(?![\t\n\r])(?!(?=${MAY_BELONG})(?:${LEGITIMATE}))[^]`, 'gu')
const ANY_UNSEEN = new RegExp(String.raw`(?![\t\n\r])${UNSEEN}`, 'u')
const EVERY_UNSEEN = new RegExp(String.raw`(?![\t\n\r])${UNSEEN}`, 'gu')
/** Most texts are of these alone, and are told so many times faster. */
// oxlint-disable-next-line no-control-regex -- these three are the control characters that a text may hold
const PLAIN = /^[\t\n\r\x20-\x7E\u00A0-\u00AC\u00AE-\u02FF]*$/

/** The name of a character as it is shown in its place: `[U+202E]`. */
export function nameOfSign(character: string): string {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
}

/**
 * A text in which each character that would not be seen, or would turn others round, is shown by its name. Tab and line
 * ends stay. In `code` also joiners and selectors are shown that are right in prose. `show` makes what stands for one.
 */
export function showSigns(
  text: string,
  options: { code?: boolean; show?: (character: string) => string } = {},
): string {
  if (PLAIN.test(text) || !ANY_UNSEEN.test(text)) return text
  return text.replace(options.code ? EVERY_UNSEEN : SIGN, options.show ?? nameOfSign)
}

/** True if a text holds a character that is not seen, turns others round, or ends a line: it cannot be pasted safely. */
export function holdsSigns(text: string): boolean {
  return /[\t\n\r]/.test(text) || ANY_UNSEEN.test(text)
}
