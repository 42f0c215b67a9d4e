package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.cache.Changes.Change;
import org.junit.jupiter.api.Test;

/** What two changes of one tag are together. */
class ChangeTest {
  private static final Change FIRST = new Change(5, 100, 5);
  private static final Change SECOND = new Change(6, 0, 6);

  @Test
  void the_higher_number_counts_whichever_is_noted_last() {
    assertThat(FIRST.and(SECOND)).isEqualTo(new Change(6, 100, 6));
    assertThat(SECOND.and(FIRST)).isEqualTo(new Change(6, 100, 6));
  }

  @Test
  void one_whose_transaction_is_known_settles_no_other() {
    assertThat(SECOND.and(new Change(7, 90, 0))).isEqualTo(new Change(7, 90, 6));
  }
}
