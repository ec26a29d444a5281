/** Full-width digits, as WebORCA writes numbers inside texts. */
export function fullWidthDigits(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
}

/** Half-width ASCII to full-width, blanks to ideographic ones: what WebORCA does to names and addresses. */
export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) + 0xfee0)).replace(/ /g, '\u3000');
}

/** Only full-width characters? */
export function isFullWidth(text: string): boolean {
  return !/[\u0020-\u007e\uff61-\uff9f]/.test(text);
}

/** Only half-width ASCII? */
export function isHalfWidth(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

/** Money as WebORCA writes it: right-justified in its width. */
export function money(yen: number, width: number): string {
  return String(yen).padStart(width, ' ');
}

export function zeroPadded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
