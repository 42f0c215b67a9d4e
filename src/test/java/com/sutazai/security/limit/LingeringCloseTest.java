package com.sutazai.security.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LingeringCloseTest {
  private final EmbeddedChannel channel = new EmbeddedChannel(new LingeringClose());

  /** However slow the machine is, time passes only where a test says so. */
  @BeforeEach
  void stopTheClock() {
    channel.freezeTime();
  }

  private static HttpRequest head() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
  }

  private static HttpContent piece() {
    return new DefaultHttpContent(Unpooled.copiedBuffer(new byte[100]));
  }

  @Test
  void a_connection_ends_at_once_when_its_request_has_come() {
    // Given
    channel.writeInbound(head(), LastHttpContent.EMPTY_LAST_CONTENT);

    // When
    var closed = channel.pipeline().close();

    // Then
    assertThat(closed.isSuccess()).isTrue();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void it_stays_until_the_rest_has_come_which_is_dropped() {
    // Given
    channel.writeInbound(head());
    channel.readInbound();
    channel.config().setAutoRead(false); // nobody reads the body
    var closed = channel.pipeline().close();
    HttpContent rest = piece();

    // When
    channel.writeInbound(rest);

    // Then
    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(rest.refCnt()).isZero();
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(channel.isOpen()).isFalse();
    assertThat(closed.isSuccess()).isTrue();
    assertThat((Object) channel.readInbound()).isNull();
  }

  @Test
  void it_does_not_stay_longer_than_that() {
    // Given
    channel.writeInbound(head(), piece());
    var closed = channel.pipeline().close();

    // When
    channel.advanceTimeBy(LingeringClose.MILLIS - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    boolean before = channel.isOpen();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();

    // Then
    assertThat(before).isTrue();
    assertThat(channel.isOpen()).isFalse();
    assertThat(closed.isSuccess()).isTrue();
  }

  @Test
  void the_end_of_what_cannot_be_read_is_not_known() {
    // Given
    var unreadable = new DefaultFullHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/bad");
    unreadable.setDecoderResult(DecoderResult.failure(new TooLongHttpHeaderException("long")));
    channel.writeInbound(unreadable);

    // When
    channel.pipeline().close();

    // Then
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void who_closes_again_means_it() {
    // Given
    channel.writeInbound(head());
    channel.pipeline().close();

    // When
    channel.pipeline().close();

    // Then
    assertThat(channel.isOpen()).isFalse();
  }
}
