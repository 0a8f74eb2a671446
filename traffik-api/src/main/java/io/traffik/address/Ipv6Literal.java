package io.traffik.address;

import org.jspecify.annotations.Nullable;

/** Parses and formats IPv6 addresses (RFC 4291, section 2.2; RFC 5952). */
final class Ipv6Literal {

  private static final int GROUPS = 8;

  private Ipv6Literal() {}

  /**
   * Parses an address without brackets and zone.
   *
   * @return the eight 16-bit groups, or null if the text is not an address
   */
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
   * Parses groups that are separated by single colons. The last one may be dotted IPv4.
   *
   * @return the number of groups, or -1 if malformed
   */
  private static int parseGroups(String text, int from, int to, int[] groups) {
    int count = 0;
    int start = from;
    while (true) {
      int end = text.indexOf(':', start);
      if (end < 0 || end > to) {
        end = to;
      }
      if (end == to && count <= GROUPS - 2 && Ipv4Literal.matches(text, start, end)) {
        return parseDotted(text.substring(start, end), groups, count);
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

  private static int parseDotted(String dotted, int[] groups, int index) {
    String[] parts = dotted.split("\\.", 4);
    groups[index] = Integer.parseInt(parts[0]) << 8 | Integer.parseInt(parts[1]);
    groups[index + 1] = Integer.parseInt(parts[2]) << 8 | Integer.parseInt(parts[3]);
    return index + 2;
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

  /** Returns the network of an address, followed by the prefix length unless that is 128. */
  static String networkText(int[] groups, int prefixLength) {
    int[] network = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      int bits = Math.max(0, Math.min(16, prefixLength - 16 * i));
      network[i] = groups[i] & (0xffff << (16 - bits)) & 0xffff;
    }
    String text = text(network);
    return prefixLength == 128 ? text : text + "/" + prefixLength;
  }

  /** RFC 5952: lower case, no leading zeros, "::" for the first longest run of zero groups. */
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
