package io.traffik.jmh;

import io.traffik.redis.server.RedisConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An {@code EVALSHA} command as the server received it.
 *
 * @param digest digest of the script
 * @param keys keys of the script
 * @param arguments arguments of the script
 */
record CapturedEvalsha(String digest, List<String> keys, List<String> arguments) {

  private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final String NAME = "EVALSHA";

  /** Runs a call and returns the first {@code EVALSHA} that the server receives from then on. */
  static CapturedEvalsha capture(URI server, Runnable sending) {
    try (RedisConnection monitor = RedisConnection.to(server)) {
      monitor.execute("MONITOR");
      sending.run();
      while (true) {
        List<String> words = words(monitor.next());
        if (words.get(0).equalsIgnoreCase(NAME)) {
          int behindKeys = 3 + Integer.parseInt(words.get(2));
          return new CapturedEvalsha(
              words.get(1), words.subList(3, behindKeys), words.subList(behindKeys, words.size()));
        }
      }
    }
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      if (matcher.group(1).contains("\\x")) {
        throw new IllegalStateException("Only printable commands can be parsed: " + line);
      }
      words.add(matcher.group(1).replaceAll("\\\\(.)", "$1"));
    }
    return words;
  }
}
