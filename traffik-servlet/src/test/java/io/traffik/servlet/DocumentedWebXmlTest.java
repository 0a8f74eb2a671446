package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deploys the deployment descriptor of docs/servlet.md. */
final class DocumentedWebXmlTest {

  private static final Pattern FILTER =
      Pattern.compile("```xml\\n(<filter>.*?)```", Pattern.DOTALL);

  @Test
  void h1_documentedFilterThrottles(@TempDir Path application) throws Exception {
    Matcher filter = FILTER.matcher(Files.readString(Path.of("../docs/servlet.md")));
    assertThat(filter.find()).isTrue();
    Path descriptor = application.resolve("WEB-INF/web.xml");
    Files.createDirectories(descriptor.getParent());
    Files.writeString(
        descriptor,
        """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1" metadata-complete="true">
        %s
        </web-app>
        """
            .formatted(filter.group(1)));
    try (TestApplication app = start(application)) {
      ResponseQuota quota = ResponseQuota.of(app.get("/api/page")).get(0);
      assertThat(quota).isEqualTo(new ResponseQuota("limit", 20, 12, 19, 1));
      assertThat(ResponseQuota.rateLimitHeaders(app.get("/page"))).isEmpty();
    }
  }

  private static TestApplication start(Path application) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("target/tomcat");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    Context context = tomcat.addContext("", application.toString());
    context.addLifecycleListener(new ContextConfig());
    context.addServletContainerInitializer(
        (classes, servlets) ->
            CountingServlet.responding("served").map(servlets, "/api/page", "/page"),
        null);
    tomcat.start();
    return new TestApplication(
        tomcat.getConnector().getLocalPort(),
        "",
        () -> {
          tomcat.stop();
          tomcat.destroy();
        });
  }
}
