import java.nio.file.Path;
import java.time.Duration;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.harness.Neo4jBuilders;

/**
 * A Neo4j server for tests, with its own class path: {@code GraphServer folder password
 * [certificates]}. Says the port of its Bolt door, and ends with its input. An empty password lets
 * everybody in; {@code certificates} holds {@code public.crt} and {@code private.key} for TLS.
 */
class GraphServer {
  public static void main(String[] arguments) throws Exception {
    String password = arguments[1];
    var builder =
        Neo4jBuilders.newInProcessBuilder(Path.of(arguments[0]))
            .withDisabledServer()
            .withConfig(GraphDatabaseSettings.auth_enabled, !password.isEmpty())
            .withConfig(GraphDatabaseSettings.auth_lock_time, Duration.ZERO);
    if (arguments.length > 2) {
      var tls = SslPolicyConfig.forScope(SslPolicyScope.BOLT);
      builder
          .withConfig(BoltConnector.encryption_level, BoltConnector.EncryptionLevel.REQUIRED)
          // The rest of the policy is the harness's own, with a folder of its own certificates.
          .withConfig(tls.public_certificate, Path.of(arguments[2], "public.crt"))
          .withConfig(tls.private_key, Path.of(arguments[2], "private.key"));
    }
    try (var server = builder.build()) {
      if (!password.isEmpty()) {
        server
            .databaseManagementService()
            .database("system")
            .executeTransactionally(
                "ALTER USER neo4j SET PLAINTEXT PASSWORD '" + password + "' CHANGE NOT REQUIRED");
      }
      System.out.println("UP " + server.boltURI().getPort());
      System.in.read();
    }
  }
}
