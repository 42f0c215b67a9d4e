package com.sutazai.queue.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.StartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerAddressTest {
  @Test
  void what_is_left_out_is_as_servers_have_it_by_default() {
    assertThat(BrokerAddress.parse("amqp://broker"))
        .isEqualTo(new BrokerAddress(false, "broker", 5672, "guest", "guest", "/"));
    assertThat(BrokerAddress.parse("amqps://broker/").port()).isEqualTo(5671);
  }

  @Test
  void special_characters_are_percent_encoded() {
    assertThat(BrokerAddress.parse("amqp://me%40home:a%2Fb+c@broker:1234/tasks%2Fone"))
        .isEqualTo(new BrokerAddress(false, "broker", 1234, "me@home", "a/b+c", "tasks/one"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "broker",
        "http://me:secret@broker",
        "amqp://me:secret@",
        "amqp://me:sec ret@broker",
        "amqp://me:secret@broker/a/b"
      })
  void what_cannot_be_read_is_told_without_the_password(String url) {
    assertThatThrownBy(() -> BrokerAddress.parse(url))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("RABBITMQ_URL cannot be read: ")
        .hasMessageNotContainingAny("secret", "sec ret");
  }

  @Test
  void people_see_no_credentials() {
    assertThat(BrokerAddress.parse("amqp://me:secret@broker/tasks"))
        .hasToString("broker:5672/tasks");
  }
}
