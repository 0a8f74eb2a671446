package io.traffik.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The command-line options of the demo.
 *
 * @param help whether to print the usage and exit
 * @param once whether to check the responses and exit
 * @param port the port to listen on; 0 for any free port
 */
record DemoOptions(boolean help, boolean once, int port) {

  private static final int DEFAULT_PORT = 8080;
  private static final int MAX_PORT = 65_535;
  private static final int UNSET = -1;

  /**
   * Parses the command line.
   *
   * @throws IllegalArgumentException if an argument is unknown or invalid
   */
  static DemoOptions parse(String... arguments) {
    boolean help = false;
    boolean once = false;
    int port = UNSET;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "-h", "--help" -> help = true;
        case "--once" -> once = true;
        case "--port" -> {
          if (port != UNSET) {
            throw new IllegalArgumentException("--port was given twice. Give it once.");
          }
          i++;
          port = port(i < arguments.length ? arguments[i] : "");
        }
        default -> throw new IllegalArgumentException("Unknown argument: \"" + arguments[i] + "\"");
      }
    }
    int defaultPort = once ? 0 : DEFAULT_PORT;
    return new DemoOptions(help, once, port == UNSET ? defaultPort : port);
  }

  /** The usage text, which the script {@code demo} prints as well. */
  static String usage() throws IOException {
    try (InputStream text = DemoOptions.class.getResourceAsStream("usage.txt")) {
      return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int port(String text) {
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MAX_PORT) {
      throw new IllegalArgumentException(
          "Port is not a number from 0 to " + MAX_PORT + ": \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }
}
