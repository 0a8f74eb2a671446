package io.traffik.attack.load;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;

/** Addresses of clients on the loopback interface. Linux accepts all of 127.0.0.0/8. */
public final class LoopbackAddresses {

  private static final int FIRST_SUFFIX = 2;
  private static final int SUFFIXES = 250;

  private static final AtomicInteger COUNT = new AtomicInteger();

  private LoopbackAddresses() {}

  /** Returns an address that no other client of this JVM has. */
  public static InetAddress next() {
    int count = COUNT.getAndIncrement();
    int subnet = count / SUFFIXES;
    byte[] address = {
      127, (byte) (subnet >> 8), (byte) subnet, (byte) (FIRST_SUFFIX + count % SUFFIXES)
    };
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes must be an address", e);
    }
  }
}
