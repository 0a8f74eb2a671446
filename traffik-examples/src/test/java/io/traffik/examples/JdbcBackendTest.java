package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.BackendScope;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The behaviour of {@link JdbcBackend} that depends on a database. */
final class JdbcBackendTest {

  private static final QuotaPolicy TEN = QuotaPolicy.of("api", List.of(Rate.perSecond(10)));

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:" + System.identityHashCode(this), "", "");
  private final JdbcBackend backend = new JdbcBackend("app", database, now::get, Runnable::run);

  @AfterEach
  void dispose() {
    database.dispose();
  }

  private long rows() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM traffik_bucket")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void hit(String identity) {
    backend.decide(new BackendCall(Operation.HIT, TEN, identity, "", 1));
  }

  @Test
  void b10_expiredRowsAreDeletedByLaterWrites() throws SQLException {
    backend.open();
    for (int i = 0; i < 900; i++) {
      hit("client " + i);
    }
    assertThat(rows()).isEqualTo(900);
    now.set(now.get().plus(Duration.ofMinutes(2)));
    for (int i = 0; i < 100; i++) {
      hit("another " + i);
    }
    assertThat(rows()).isEqualTo(100);
  }

  @Test
  void l1_openingCreatesTheTableOnce() throws SQLException {
    backend.open();
    hit("client");
    backend.open();
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void l1_theFirstHitCreatesTheTable() throws SQLException {
    hit("client");
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void l1_anUnreachableDatabaseIsABackendException() {
    JdbcDataSource noDatabase = new JdbcDataSource();
    noDatabase.setURL("jdbc:h2:tcp://127.0.0.1:1/none");
    JdbcBackend unreachable = new JdbcBackend("app", noDatabase, now::get, Runnable::run);
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(unreachable::open)
        .withMessageStartingWith("The store of backend \"app\" is not usable. ")
        .withCauseInstanceOf(SQLException.class);
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> unreachable.decide(new BackendCall(Operation.HIT, TEN, "client", "", 1)))
        .withCauseInstanceOf(SQLException.class);
  }

  @Test
  void l3_closingLeavesTheDatabaseOpen() throws SQLException {
    backend.open();
    backend.close();
    assertThat(rows()).isZero();
    assertThat(database.getActiveConnections()).isZero();
  }

  @Test
  void l4_bucketsOutliveAServer() {
    backend.open();
    Throttle api = Throttle.builder("api").rate("1/h").cost(1).backend(backend).build();
    api.enforce(new TestView());
    try (BackendScope application = BackendScope.application(backend)) {
      assertThat(application.backend()).isSameAs(backend);
    }
    JdbcBackend restarted = new JdbcBackend("app", database, now::get, Runnable::run);
    Throttle again = Throttle.builder("api").rate("1/h").backend(restarted).build();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> again.enforce(new TestView()));
  }

  /** Some pools hand out connections without auto-commit; then nothing would be stored. */
  @Test
  void b2_connectionsWithoutAutoCommitStoreTheirHits() {
    backend.open();
    DataSource manual =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, getConnection, arguments) -> {
                  Connection connection = database.getConnection();
                  connection.setAutoCommit(false);
                  return connection;
                });
    JdbcBackend other = new JdbcBackend("app", manual, now::get, Runnable::run);
    for (int i = 9; i >= 0; i--) {
      assertThat(other.decide(new BackendCall(Operation.HIT, TEN, "client", "", 1)))
          .containsExactly(i * 100_000_000L);
    }
    assertThat(backend.decide(new BackendCall(Operation.HIT, TEN, "client", "", 1))[0])
        .isNegative();
  }

  private record TestView() implements ConnectionView {

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public String remoteAddress() {
      return "192.0.2.1";
    }

    @Override
    public Iterable<String> headers(String name) {
      return List.of();
    }
  }
}
