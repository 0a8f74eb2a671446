package io.traffik.jmh.report;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * How the results in a directory came about, as {@code ./bench} noted it down.
 *
 * @param command how {@code ./bench} was called
 * @param quick whether only to try it out
 * @param rounds how often everything was measured, in a virtual machine of its own each time
 * @param revision what was measured
 * @param day when, in ISO 8601
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
