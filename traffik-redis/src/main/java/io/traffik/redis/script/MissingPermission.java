package io.traffik.redis.script;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out which permission a user of Redis lacks, from the server's error. */
final class MissingPermission {

  /** The commands and keys that every decision needs. */
  private static final String ALL = "+eval +evalsha +time +get +set +del";

  /** Redis 6.2 and 7 name the command of a client: {@code … run the 'client|setinfo' command}. */
  private static final Pattern COMMAND = Pattern.compile("run the '([a-z|_-]+)' command");

  /** For a command of a script, Redis 6.2 and 7.0 state only the line. */
  private static final Pattern LINE = Pattern.compile("user_script: ?(\\d+)");

  private static final Pattern CALL = Pattern.compile("\\bcall\\('([A-Z]+)'");

  private MissingPermission() {}

  /**
   * What to grant, as a sentence.
   *
   * @param error the server's error
   * @param keyPrefix the beginning of all keys
   */
  static String remedy(String error, String keyPrefix) {
    String keys = "~" + keyPrefix + "*";
    if (error.contains("access one of the keys")
        || error.contains("access at least one of the keys")
        || error.contains("access a key")) {
      return "Grant the user the keys of the namespace: " + keys + ".";
    }
    Matcher command = COMMAND.matcher(error);
    if (command.find()) {
      return "Grant the user +" + command.group(1) + ".";
    }
    Matcher line = LINE.matcher(error);
    if (line.find()) {
      Matcher call = CALL.matcher(line(Integer.parseInt(line.group(1))));
      if (call.find()) {
        return "Grant the user +" + call.group(1).toLowerCase(Locale.ROOT) + ".";
      }
    }
    return "Grant the user " + ALL + " on the keys " + keys + ".";
  }

  private static String line(int number) {
    return DecisionScript.TEXT.lines().skip(Math.max(0, number - 1L)).findFirst().orElse("");
  }
}
