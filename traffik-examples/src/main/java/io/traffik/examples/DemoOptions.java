package io.traffik.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What the demo was called with.
 *
 * @param help whether to say only how to call it
 * @param once whether to check the answers and stop
 * @param port to listen on; 0 for any that is free
 */
record DemoOptions(boolean help, boolean once, int port) {

  private static final int DEFAULT_PORT = 8080;
  private static final int LARGEST_PORT = 65_535;
  private static final int UNTOLD = -1;

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException if there is one that the demo does not know
   */
  static DemoOptions parse(String... arguments) {
    boolean help = false;
    boolean once = false;
    int port = UNTOLD;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "-h", "--help" -> help = true;
        case "--once" -> once = true;
        case "--port" -> {
          if (port != UNTOLD) {
            throw new IllegalArgumentException("--port must be given once");
          }
          i++;
          port = port(i < arguments.length ? arguments[i] : "");
        }
        default -> throw new IllegalArgumentException("unknown argument: \"" + arguments[i] + "\"");
      }
    }
    int untold = once ? 0 : DEFAULT_PORT;
    return new DemoOptions(help, once, port == UNTOLD ? untold : port);
  }

  /** How to call the demo; its script tells so too, before anything is built. */
  static String usage() throws IOException {
    try (InputStream text = DemoOptions.class.getResourceAsStream("usage.txt")) {
      return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int port(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > LARGEST_PORT) {
      throw new IllegalArgumentException(
          "--port must be followed by a number from 0 to " + LARGEST_PORT + ": \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }
}
