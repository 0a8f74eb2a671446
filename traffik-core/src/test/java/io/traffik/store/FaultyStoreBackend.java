package io.traffik.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A backend that records the calls of its store, and fails them on request. */
final class FaultyStoreBackend extends TestStoreBackend {

  final List<String> calls = new ArrayList<>();
  Exception failure;
  Error error;
  Duration lastExpiry;

  FaultyStoreBackend(String namespace, TestStore store, SettableWallClock time) {
    super(namespace, store, time);
  }

  private void call(String name) throws Exception {
    calls.add(name);
    if (error != null) {
      throw error;
    }
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  protected byte[] read(String key) throws Exception {
    call("read");
    return super.read(key);
  }

  @Override
  protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
    lastExpiry = expiry;
    return super.compareAndSet(key, expected, update, expiry);
  }

  @Override
  protected void removeAll(String prefix) throws Exception {
    call("removeAll " + prefix);
    super.removeAll(prefix);
  }

  @Override
  protected void openStore() throws Exception {
    call("open");
  }

  @Override
  protected void closeStore() throws Exception {
    call("close");
  }
}
