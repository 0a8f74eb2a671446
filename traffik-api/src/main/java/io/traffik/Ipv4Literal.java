package io.traffik;

/**
 * Tells dotted-decimal IPv4 (RFC 6943, section 3.1.1: four decimal parts from 0 to 255, no leading
 * zeros) from other texts.
 *
 * <p>It stands before every hit, and where the parts of an address end differs from client to
 * client: branches on that would be mispredicted. So an automaton reads the characters, whose step
 * is a table look-up and a shift (Per Vognsen, "Shift-based DFAs"). States are places in a row of
 * bits, and the row of a character has at each of them the next state.
 */
final class Ipv4Literal {

  /** Characters of {@code 255.255.255.255}. */
  private static final int LONGEST = 15;

  private static final int BITS = 6;
  private static final int MASK = (1 << BITS) - 1;

  // What a part has shown so far. An empty row leads from all of them to the first.
  private static final int WRONG = 0;
  private static final int NOTHING = BITS;
  private static final int ONE = 2 * BITS;
  private static final int TWO = 3 * BITS;
  private static final int MORE = 4 * BITS;
  private static final int TWO_DIGITS = 5 * BITS;
  private static final int TWENTY_FIVE = 6 * BITS;
  private static final int ALL = 7 * BITS;

  /** By character, from the dot to the nine. */
  private static final long[] ROWS = new long['9' - '.' + 1];

  static {
    for (int state : new int[] {ONE, TWO, MORE, TWO_DIGITS, TWENTY_FIVE, ALL}) {
      put('.', state, NOTHING);
    }
    for (char digit = '0'; digit <= '9'; digit++) {
      int first = digit == '1' ? ONE : digit == '2' ? TWO : MORE;
      put(digit, NOTHING, digit == '0' ? ALL : first);
      put(digit, ONE, TWO_DIGITS);
      int second = digit == '5' ? TWENTY_FIVE : ALL;
      put(digit, TWO, digit < '5' ? TWO_DIGITS : second);
      put(digit, MORE, ALL);
      put(digit, TWO_DIGITS, ALL);
      put(digit, TWENTY_FIVE, digit <= '5' ? ALL : WRONG);
    }
  }

  private Ipv4Literal() {}

  private static void put(char read, int state, int next) {
    ROWS[read - '.'] |= (long) next << state;
  }

  /** Whether characters from (inclusive) to (exclusive) are one, leaving none out. */
  static boolean isOne(String text, int from, int to) {
    if (to - from > LONGEST) {
      return false;
    }
    long state = NOTHING;
    int dots = 0;
    for (int at = from; at < to; at++) {
      int column = text.charAt(at) - '.';
      if (column < 0 || column >= ROWS.length) {
        return false;
      }
      state = ROWS[column] >>> state & MASK;
      // 1 for the dot alone
      dots += (column - 1) >>> (Integer.SIZE - 1);
    }
    return state > NOTHING && dots == 3;
  }
}
