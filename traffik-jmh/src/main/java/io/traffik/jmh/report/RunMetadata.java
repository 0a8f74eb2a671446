package io.traffik.jmh.report;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The circumstances of a run, as {@code ./bench} recorded them.
 *
 * @param command the command line of {@code ./bench}
 * @param quick whether the run only checks that everything works
 * @param rounds the number of rounds, each with processes of its own
 * @param revision the measured revision
 * @param day the day in ISO 8601
 * @param steps the commands of the first round, and those that ran once
 */
record RunMetadata(
    String command, boolean quick, int rounds, String revision, String day, List<String> steps) {

  static final String NOTES = "run.properties";
  static final String STEPS = "commands.txt";

  static RunMetadata read(Path directory) throws IOException {
    Properties notes = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve(NOTES))) {
      notes.load(reader);
    }
    return new RunMetadata(
        notes.getProperty("command", "./bench"),
        Boolean.parseBoolean(notes.getProperty("quick", "false")),
        Integer.parseInt(notes.getProperty("rounds", "1")),
        notes.getProperty("revision", "unknown"),
        notes.getProperty("day", "an unknown day"),
        Files.readAllLines(directory.resolve(STEPS)));
  }
}
