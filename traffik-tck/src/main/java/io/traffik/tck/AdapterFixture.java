package io.traffik.tck;

/** What one test of an adapter needs, and what is ended when it is over. */
interface AdapterFixture {

  /** Stops what the test started. */
  void close() throws Exception;
}
