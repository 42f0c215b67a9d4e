package com.sutazai.security.limit;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.function.Consumer;

/**
 * Shows each connection that this process takes to {@link ConnectionLimit}, before anything of it
 * is read. Netty makes it, as a service, once for the life of the process; live reload makes the
 * program's classes anew. So the way from here leads over a name, and a type that both know.
 */
@RegisterForReflection
public final class Doorway extends ChannelInitializerExtension {
  static final String TAKER = "doorway";

  /** To be called before Netty opens its first connection. */
  public static void open() {
    System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
  }

  @Override
  @SuppressWarnings("unchecked")
  public void postInitializeServerChildChannel(Channel channel) {
    ArcContainer container = Arc.container();
    if (container != null
        && container.isRunning()
        && container.instance(TAKER).get() instanceof Consumer<?> taker) {
      ((Consumer<Channel>) taker).accept(channel);
    }
  }
}
