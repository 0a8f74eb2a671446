package io.traffik;

import org.jspecify.annotations.Nullable;

/** Reads and writes the text of IPv6 addresses (RFC 4291, section 2.2; RFC 5952). */
final class Ipv6Literal {

  private static final int GROUPS = 8;

  private Ipv6Literal() {}

  /** The eight 16-bit groups of an address without brackets and zone, or null if it is none. */
  static int @Nullable [] parse(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] groups = new int[GROUPS];
      return parseGroups(text, 0, text.length(), groups) == GROUPS ? groups : null;
    }
    if (text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    int[] head = new int[GROUPS];
    int[] tail = new int[GROUPS];
    int before = gap == 0 ? 0 : parseGroups(text, 0, gap, head);
    int after = gap + 2 == text.length() ? 0 : parseGroups(text, gap + 2, text.length(), tail);
    boolean dottedBeforeGap = text.lastIndexOf('.', gap) >= 0;
    if (before < 0 || after < 0 || before + after >= GROUPS || dottedBeforeGap) {
      return null;
    }
    System.arraycopy(tail, 0, head, GROUPS - after, after);
    return head;
  }

  /**
   * Reads groups parted by single colons, the last of which may be dotted IPv4; -1 if malformed.
   */
  private static int parseGroups(String text, int from, int to, int[] groups) {
    int count = 0;
    int start = from;
    while (true) {
      int end = text.indexOf(':', start);
      if (end < 0 || end > to) {
        end = to;
      }
      if (end == to && count <= GROUPS - 2 && Ipv4Literal.isOne(text, start, end)) {
        return putDotted(text.substring(start, end), groups, count);
      }
      int group = hexGroup(text, start, end);
      if (group < 0 || count == GROUPS) {
        return -1;
      }
      groups[count++] = group;
      if (end == to) {
        return count;
      }
      start = end + 1;
    }
  }

  private static int putDotted(String dotted, int[] groups, int at) {
    String[] parts = dotted.split("\\.", 4);
    groups[at] = Integer.parseInt(parts[0]) << 8 | Integer.parseInt(parts[1]);
    groups[at + 1] = Integer.parseInt(parts[2]) << 8 | Integer.parseInt(parts[3]);
    return at + 2;
  }

  private static int hexGroup(String text, int from, int to) {
    if (to <= from || to - from > 4) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** The network of an address at a prefix length, with the length behind it unless it is 128. */
  static String networkText(int[] groups, int prefixLength) {
    int[] network = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      int kept = Math.max(0, Math.min(16, prefixLength - 16 * i));
      network[i] = groups[i] & (0xffff << (16 - kept)) & 0xffff;
    }
    String text = text(network);
    return prefixLength == 128 ? text : text + "/" + prefixLength;
  }

  /** RFC 5952: lower case, no leading zeros, the first longest run of two or more zeros as "::". */
  private static String text(int[] groups) {
    int longestStart = -1;
    int longest = 1;
    int run = 0;
    for (int i = 0; i < GROUPS; i++) {
      run = groups[i] == 0 ? run + 1 : 0;
      if (run > longest) {
        longest = run;
        longestStart = i - run + 1;
      }
    }
    StringBuilder text = new StringBuilder(39);
    int i = 0;
    while (i < GROUPS) {
      if (i == longestStart) {
        text.append("::");
        i += longest;
        continue;
      }
      if (i > 0 && i != longestStart + longest) {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
      i++;
    }
    return text.toString();
  }
}
