package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;

/**
 * The floor while threads do not meet: the {@link OpenAddressingTable} under a hash that costs next
 * to nothing, {@link String#hashCode} spread over 64 bits by the finishing step of MurmurHash3.
 * Where they do, it is none: its clock is read between the state and the compare-and-set that
 * others can spoil.
 *
 * <p>The hash knows no secret, so anybody can choose clients that collide: all 2<sup>32</sup>
 * hashes are known, and identities of one hash share a bucket. With a million clients some hundred
 * do so by chance. It reads the identity alone, neither a throttle's name nor a route, and a string
 * keeps its hash once computed, so after the first hit with a string no character is read.
 */
public final class OpenAddressingBaseline implements Limiter {

  private final OpenAddressingTable table;

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
