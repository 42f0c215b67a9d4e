package com.sutazai.inference.profile;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.profile.ProfileAnswer.UnderWay;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures models when somebody asks, one at a time, and has the last profile of each kept. Who
 * asks for the one that is being measured shares it; when nobody waits for it any more it ends,
 * unless somebody was told to come again.
 */
@ApplicationScoped
public class Profiles {
  /** Less than a connection may be silent ({@code sutazai.http.idle-timeout}). */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ProfiledModels models;
  private final InstantSource clock;
  private final Duration limit;
  private final Profiler profiler;
  private final KeptProfiles kept;
  private @Nullable Run running;

  Profiles(ProfiledModels models, KeptProfiles kept, InstantSource clock, ProfileConfig config) {
    this.models = models;
    this.kept = kept;
    this.clock = clock;
    limit = config.limit();
    profiler = new Profiler(clock, System::nanoTime, limit);
  }

  /** A measurement under way; its counts are guarded by the profiles' lock. */
  private final class Run {
    private final ProfiledModel model;
    private final Instant started = clock.instant();
    private final CompletableFuture<ModelProfile> result = new CompletableFuture<>();
    private final Thread thread = Thread.ofVirtual().name("model-profile").unstarted(this::measure);
    private int waiting;
    private boolean promised;
    private boolean givenUp;

    Run(ProfiledModel model) {
      this.model = model;
    }

    private void measure() {
      try {
        Consumer<ModelProfile> keep = kept.begin(model);
        ModelProfile profile = profiler.measure(model);
        keep.accept(profile);
        ended();
        result.complete(profile);
      } catch (InterruptedException e) {
        ended();
        result.completeExceptionally(
            new ProblemException(ErrorCode.SHUTTING_DOWN, "The measurement was ended."));
      } catch (RuntimeException | Error e) {
        ended();
        result.completeExceptionally(e);
      }
    }
  }

  /** The kept profile, or a new one; waits for it as long as a connection may be silent. */
  ProfileAnswer profile(Caller caller, @Nullable String name, boolean refresh)
      throws InterruptedException {
    return profile(caller, name, refresh, PATIENCE);
  }

  /** The kept profile, or a new one on behalf of an admin, who waits for it to the end. */
  public ProfileAnswer measured(@Nullable String name, boolean refresh)
      throws InterruptedException {
    return profile(Caller.LOCAL, name, refresh, limit.plus(PATIENCE));
  }

  ProfileAnswer profile(Caller caller, @Nullable String name, boolean refresh, Duration patience)
      throws InterruptedException {
    ProfiledModel model = find(name);
    Optional<ModelProfile> last = refresh ? Optional.empty() : kept.find(model);
    return last.isPresent() ? last.get().at(clock.instant()) : await(join(caller, model), patience);
  }

  private ProfiledModel find(@Nullable String name) throws InterruptedException {
    try {
      return models.find(name);
    } catch (ModelFailure failure) {
      throw failure.problem();
    }
  }

  /** The measurement of this model, begun if there is none. */
  private Run join(Caller caller, ProfiledModel model) throws InterruptedException {
    while (true) {
      Run ending;
      synchronized (this) {
        Run run = running == null ? begin(caller, model) : running;
        if (!run.givenUp) {
          requireSame(run, model);
          run.waiting++;
          return run;
        }
        ending = run;
      }
      ending.thread.join();
    }
  }

  private Run begin(Caller caller, ProfiledModel model) {
    if (!caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "Measuring keeps the model busy, so only an admin may begin it; a kept profile may be read by all.");
    }
    Run run = new Run(model);
    running = run;
    run.thread.start();
    return run;
  }

  private void requireSame(Run run, ProfiledModel model) {
    if (!run.model.name().equals(model.name())) {
      throw new ProblemException(
              ErrorCode.MODEL_BUSY,
              "Model " + run.model.name() + " is being measured, and one is at a time.")
          .retryAfter(limit.minus(Duration.between(run.started, clock.instant())));
    }
  }

  private ProfileAnswer await(Run run, Duration patience) throws InterruptedException {
    try {
      return run.result.get(patience.toNanos(), TimeUnit.NANOSECONDS).at(clock.instant());
    } catch (TimeoutException e) {
      return promised(run);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } finally {
      leave(run);
    }
  }

  private synchronized UnderWay promised(Run run) {
    run.promised = true;
    return new UnderWay(run.model.name(), "measuring", run.started, limit.toSeconds());
  }

  private synchronized void leave(Run run) {
    run.waiting--;
    if (run.waiting == 0 && !run.promised) {
      run.givenUp = true;
      run.thread.interrupt();
    }
  }

  private synchronized void ended() {
    running = null;
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    if (running != null) {
      running.givenUp = true;
      running.thread.interrupt();
    }
  }
}
