package io.traffik.examples;

import io.traffik.store.CompareAndSetBackend;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A backend over a database table that all servers of an application share. The SQL works with
 * PostgreSQL and H2.
 */
final class JdbcBackend extends CompareAndSetBackend {

  private static final int WRITES_PER_CLEANUP = 1_000;

  /** Rows outlive their expiry by this time, because each server deletes by its own clock. */
  private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(1);

  private final DataSource database;
  private final InstantSource clock;
  private final AtomicLong writes = new AtomicLong();

  /**
   * Makes a backend over a database that the caller opens and closes.
   *
   * @param database the connection pool, with its own timeout; this backend never closes it
   * @param executor runs asynchronous decisions, which block on the database; give it as many
   *     threads as the pool has connections
   */
  JdbcBackend(String namespace, DataSource database, InstantSource clock, Executor executor) {
    super(namespace, clock, executor);
    this.database = database;
    this.clock = clock;
  }

  /** Creates the table. Remove this method if your migrations create it. */
  @Override
  protected void openStore() throws SQLException {
    update(
        "CREATE TABLE IF NOT EXISTS traffik_bucket"
            + " (id VARCHAR(250) PRIMARY KEY, state BYTEA NOT NULL, expires_at BIGINT NOT NULL)");
    update("CREATE INDEX IF NOT EXISTS traffik_bucket_expires_at ON traffik_bucket (expires_at)");
  }

  @Override
  protected byte @Nullable [] read(String key) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement("SELECT state FROM traffik_bucket WHERE id = ?")) {
      select.setString(1, key);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getBytes(1) : null;
      }
    }
  }

  @Override
  protected boolean compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) throws SQLException {
    long now = clock.millis();
    if (writes.incrementAndGet() % WRITES_PER_CLEANUP == 0) {
      update("DELETE FROM traffik_bucket WHERE expires_at < ?", now - MAX_CLOCK_SKEW.toMillis());
    }
    long expiresAt = now + expiry.toMillis();
    try {
      return expected == null
          ? update(
                  "INSERT INTO traffik_bucket (id, state, expires_at) VALUES (?, ?, ?)",
                  key,
                  update,
                  expiresAt)
              == 1
          : update(
                  "UPDATE traffik_bucket SET state = ?, expires_at = ? WHERE id = ? AND state = ?",
                  update,
                  expiresAt,
                  key,
                  expected)
              == 1;
    } catch (SQLException e) {
      if (isConflict(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Class 23: the row already exists. Class 40: another transaction won the conflict. */
  private static boolean isConflict(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("23") || state.startsWith("40"));
  }

  @Override
  protected void removeAll(String prefix) throws SQLException {
    update("DELETE FROM traffik_bucket WHERE id LIKE ?", prefix + "%");
  }

  /** The table outlives this server, and other servers use it. */
  @Override
  public boolean persistent() {
    return true;
  }

  private int update(String sql, Object... parameters) throws SQLException {
    try (Connection connection = database.getConnection()) {
      // Some pools hand out connections without auto-commit.
      connection.setAutoCommit(true);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < parameters.length; i++) {
          statement.setObject(i + 1, parameters[i]);
        }
        return statement.executeUpdate();
      }
    }
  }
}
