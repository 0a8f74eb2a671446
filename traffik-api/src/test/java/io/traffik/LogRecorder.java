package io.traffik;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Records what throttles log until it is closed. */
final class LogRecorder extends Handler implements AutoCloseable {

  private static final Logger LOGGER = Logger.getLogger(Throttle.class.getName());

  final List<LogRecord> entries = new CopyOnWriteArrayList<>();

  LogRecorder() {
    LOGGER.addHandler(this);
  }

  /** The texts of all entries. */
  List<String> texts() {
    return entries.stream().map(LogRecord::getMessage).toList();
  }

  long stackTraces() {
    return entries.stream().filter(entry -> entry.getThrown() != null).count();
  }

  List<Level> levels() {
    return entries.stream().map(LogRecord::getLevel).toList();
  }

  @Override
  public void publish(LogRecord entry) {
    entries.add(entry);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LOGGER.removeHandler(this);
  }
}
