package com.sutazai.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.StartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Neo4jAddressTest {
  @Test
  void everything_may_stand_in_the_address() {
    assertThat(Neo4jAddress.parse("neo4j+s://me:p%40ss+word@graph.example:7777", "other", "other"))
        .isEqualTo(new Neo4jAddress(true, true, "graph.example", 7777, "me", "p@ss+word"));
  }

  @Test
  void credentials_may_stand_beside_it() {
    assertThat(Neo4jAddress.parse("bolt://[::1]", null, "p@ss"))
        .isEqualTo(new Neo4jAddress(false, false, "[::1]", 7687, "neo4j", "p@ss"));
    assertThat(Neo4jAddress.parse("bolt://host", "me", null).user()).isNull();
  }

  @Test
  void neither_people_nor_the_driver_see_credentials_in_it() {
    Neo4jAddress address = Neo4jAddress.parse("neo4j://me:secret@host", null, null);
    assertThat(address).hasToString("host:7687");
    assertThat(address.uri()).hasToString("neo4j://host:7687");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bolt://a b|it is no URL",
        "http://host|it must begin with bolt://",
        "bolt+ssc://host|sutazai.graph.neo4j.trust-certificate",
        "host:7687|it must begin with bolt://",
        "bolt:///|a host is needed",
        "bolt://me@host|a password follows",
        "bolt://host/graph|sutazai.graph.neo4j.database",
        "neo4j://host?database=graph|sutazai.graph.neo4j.database",
      })
  void what_cannot_be_read_ends_the_start_with_the_reason(String url, String reason) {
    assertThatThrownBy(() -> Neo4jAddress.parse(url, null, null))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("NEO4J_URL")
        .hasMessageContaining(reason);
  }
}
