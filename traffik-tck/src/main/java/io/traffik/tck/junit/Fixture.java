package io.traffik.tck.junit;

/** The resources of one test: what the test runs against, and what must be closed afterwards. */
public interface Fixture {

  /** The name of the implementation under test, for failure messages. */
  String subject();

  /** Closes everything that the test opened. */
  void close() throws Exception;
}
