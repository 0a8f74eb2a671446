package io.traffik.servlet;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A servlet that counts how often it runs, whatever the method. */
final class Page extends HttpServlet {

  private static final long serialVersionUID = 1L;

  interface Work {
    void serve(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  private final transient Work work;
  private final transient AtomicInteger runs = new AtomicInteger();

  Page(Work work) {
    this.work = work;
  }

  static Page saying(String text) {
    return new Page((request, response) -> response.getOutputStream().print(text));
  }

  int runs() {
    return runs.get();
  }

  /** Maps this page; servlets that dispatch asynchronously may stand behind it. */
  Page at(ServletContext context, String... patterns) {
    ServletRegistration.Dynamic registration =
        context.addServlet("page " + String.join(" ", patterns), this);
    registration.setAsyncSupported(true);
    registration.addMapping(patterns);
    return this;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    runs.incrementAndGet();
    work.serve(request, response);
  }
}
