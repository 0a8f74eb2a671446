package io.traffik.attack.load;

import java.io.Closeable;
import java.io.IOException;

/** A connection of a client that waits for each answer. */
interface Exchange extends Closeable {

  /** Sends a message or request, waits for the answer, and returns its status. */
  int exchange() throws IOException;
}
