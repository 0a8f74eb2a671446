package io.traffik.address;

/**
 * Recognises dotted-decimal IPv4 addresses: four decimal parts from 0 to 255, no leading zeros (RFC
 * 6943, section 3.1.1).
 *
 * <p>Every hit runs this code, and the dots of an address are at a different position for each
 * client. Branches on them would be mispredicted. A shift-based automaton avoids these branches: a
 * step is one table look-up and one shift (Per Vognsen, "Shift-based DFAs"). A state is a bit
 * offset. The row of a character contains the next state at the offset of each current state.
 */
final class Ipv4Literal {

  private static final int MAX_LENGTH = "255.255.255.255".length();

  private static final int BITS = 6;
  private static final int MASK = (1 << BITS) - 1;

  // States, named after the digits of the current part. Missing transitions lead to REJECTED.
  private static final int REJECTED = 0;
  private static final int EMPTY = BITS;
  private static final int ONE = 2 * BITS;
  private static final int TWO = 3 * BITS;
  private static final int THREE_TO_NINE = 4 * BITS;
  private static final int ANY_DIGIT_MAY_FOLLOW = 5 * BITS;
  private static final int TWENTY_FIVE = 6 * BITS;
  private static final int COMPLETE = 7 * BITS;

  /** Transitions by character, from '.' to '9'; '/' between them has none. */
  private static final long[] ROWS = new long['9' - '.' + 1];

  static {
    for (int state :
        new int[] {ONE, TWO, THREE_TO_NINE, ANY_DIGIT_MAY_FOLLOW, TWENTY_FIVE, COMPLETE}) {
      addTransition('.', state, EMPTY);
    }
    for (char digit = '0'; digit <= '9'; digit++) {
      int first = digit == '1' ? ONE : digit == '2' ? TWO : THREE_TO_NINE;
      addTransition(digit, EMPTY, digit == '0' ? COMPLETE : first);
      addTransition(digit, ONE, ANY_DIGIT_MAY_FOLLOW);
      int second = digit == '5' ? TWENTY_FIVE : COMPLETE;
      addTransition(digit, TWO, digit < '5' ? ANY_DIGIT_MAY_FOLLOW : second);
      addTransition(digit, THREE_TO_NINE, COMPLETE);
      addTransition(digit, ANY_DIGIT_MAY_FOLLOW, COMPLETE);
      addTransition(digit, TWENTY_FIVE, digit <= '5' ? COMPLETE : REJECTED);
    }
  }

  private Ipv4Literal() {}

  private static void addTransition(char character, int state, int next) {
    ROWS[character - '.'] |= (long) next << state;
  }

  /** Returns whether the characters from {@code from} to before {@code to} are an address. */
  static boolean matches(String text, int from, int to) {
    if (to - from > MAX_LENGTH) {
      return false;
    }
    long state = EMPTY;
    int dots = 0;
    for (int i = from; i < to; i++) {
      int column = text.charAt(i) - '.';
      if (column < 0 || column >= ROWS.length) {
        return false;
      }
      state = ROWS[column] >>> state & MASK;
      // Adds 1 for a dot, whose column is 0, without a branch.
      dots += (column - 1) >>> (Integer.SIZE - 1);
    }
    return state > EMPTY && dots == 3;
  }
}
