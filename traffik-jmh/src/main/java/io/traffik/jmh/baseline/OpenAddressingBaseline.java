package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;

/**
 * An {@link OpenAddressingTable} under a cheap hash: {@link String#hashCode}, spread over 64 bits
 * by the last step of MurmurHash3. It is the lower bound for hits while threads do not contend. On
 * one hot key it is none, because it reads the clock between reading the state and the
 * compare-and-set.
 *
 * <p>The hash has no secret, so clients can choose identities that collide and share a bucket.
 * Among a million clients some hundred collide by chance. The hash covers the identity alone,
 * neither the throttle nor the route. A string caches its hash code, so later hits read no
 * character.
 */
public final class OpenAddressingBaseline implements Limiter {

  private final OpenAddressingTable table;

  /** Creates a table for a number of clients. */
  public OpenAddressingBaseline(BenchmarkLimit limit, int clients) {
    this.table = new OpenAddressingTable(limit, clients);
  }

  @Override
  public boolean hit(String identity) {
    long hash = spread(identity.hashCode());
    return table.hit(hash, hash);
  }

  @Override
  public void consumeHalf(String identity) {
    long hash = spread(identity.hashCode());
    table.consumeHalf(hash, hash);
  }

  @Override
  public long size() {
    return table.size();
  }

  private static long spread(int hash) {
    long mixed = hash;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
