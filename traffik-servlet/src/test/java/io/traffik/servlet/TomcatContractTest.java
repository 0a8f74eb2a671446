package io.traffik.servlet;

/** Uses a context path; the other servers do not. */
final class TomcatContractTest extends ServletContract {

  TomcatContractTest() {
    super(ServletServer.TOMCAT, "/shop");
  }
}
