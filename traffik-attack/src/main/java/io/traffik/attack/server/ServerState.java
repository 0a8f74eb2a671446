package io.traffik.attack.server;

import java.net.InetAddress;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server under attack reports, as one line of text.
 *
 * @param heapBytes the used heap
 * @param threads the live threads
 * @param sessions the HTTP sessions that exist
 * @param handled requests and messages that reached their handlers, by {@link #key}
 */
public record ServerState(long heapBytes, int threads, long sessions, Map<String, Long> handled) {

  static String key(String path, String client) {
    return path + "@" + client;
  }

  /** Returns the number of requests or messages of a client that reached a handler. */
  public long handled(String path, InetAddress client) {
    return handled.getOrDefault(key(path, client.getHostAddress()), 0L);
  }

  /** Returns the number of all requests and messages that reached a handler. */
  public long handledInAll() {
    return handled.values().stream().mapToLong(Long::longValue).sum();
  }

  String line() {
    StringBuilder line = new StringBuilder();
    line.append(heapBytes).append(' ').append(threads).append(' ').append(sessions);
    handled.forEach((key, count) -> line.append(' ').append(key).append('=').append(count));
    return line.toString();
  }

  /** Parses a line of the server. */
  public static ServerState parse(String line) {
    String[] words = line.split(" ", -1);
    Map<String, Long> handled = new TreeMap<>();
    for (int i = 3; i < words.length; i++) {
      int end = words[i].lastIndexOf('=');
      handled.put(words[i].substring(0, end), Long.valueOf(words[i].substring(end + 1)));
    }
    return new ServerState(
        Long.parseLong(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]), handled);
  }
}
