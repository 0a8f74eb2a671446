package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.tck.ManualClock;
import io.traffik.tck.backend.BackendContract;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;

/** The conformance kit on a backend over a database. */
final class JdbcBackendContractTest extends BackendContract {

  private final ManualClock clock = new ManualClock();
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:" + System.identityHashCode(this), "", "");

  @Override
  protected Backend backend(String namespace) {
    JdbcBackend backend = new JdbcBackend(namespace, database, clock, executor);
    // H2 fails if two connections create the table at the same time.
    backend.open();
    return backend;
  }

  @Override
  protected ManualClock clock() {
    return clock;
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }

  @AfterEach
  void dispose() {
    executor.shutdown();
    database.dispose();
  }
}
