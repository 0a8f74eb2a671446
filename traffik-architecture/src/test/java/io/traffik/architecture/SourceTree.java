package io.traffik.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of the repository that people write: no build output and no version control. */
final class SourceTree {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> GENERATED =
      List.of("target", ".git", ".idea", ".jqwik-database");

  private SourceTree() {}

  static List<Path> files(String... endings) {
    return files(file -> Stream.of(endings).anyMatch(file.toString()::endsWith));
  }

  static List<Path> files(Predicate<Path> wanted) {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(Files::isRegularFile)
          .map(ROOT::relativize)
          .filter(SourceTree::isWritten)
          .filter(wanted)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWritten(Path file) {
    for (Path part : file) {
      if (GENERATED.contains(part.toString())) {
        return false;
      }
    }
    return true;
  }

  static String text(Path file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path file) {
    return text(file).lines().toList();
  }
}
