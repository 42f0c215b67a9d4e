package com.sutazai.agents.text;

import com.sutazai.agents.text.Words.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a text speaks well or badly, by a small lexicon of ours for English and German: words
 * count for one, after a word that stresses them for one and a half, and a negation among the three
 * words before turns them round. It knows no irony and no word that is not in it.
 */
final class Sentiment {
  private static final int REACH = 3;
  private static final double STRESSED = 1.5;
  private static final double CLEAR = 0.25;

  private static final Lexicon ENGLISH =
      new Lexicon(
          """
          admire amazing awesome beautiful benefit best better brilliant calm charming clean clear clever comfortable
          delicious delight delighted delightful easy effective efficient elegant enjoy enjoyable enjoyed excellent
          exciting fair fantastic fast favorite favourite fine flawless fresh friendly fun generous glad good gorgeous
          grateful great happy helpful honest impressed impressive improved improvement inspiring intuitive joy kind like
          liked love loved lovely loyal lucky nice outstanding perfect perfectly pleasant pleased pleasure polite positive
          powerful praise pretty proud quick recommend recommended reliable remarkable safe satisfied satisfying smart
          smooth solid splendid strong success successful super superb support sweet thank thankful thanks thrilled
          trust useful valuable warm welcome win wonderful worth""",
          """
          abysmal afraid angry annoyed annoying anxious ashamed awful bad bitter boring broke broken bug bugs careless
          complain complained complaint confused confusing crash crashed crashes cruel damage damaged danger dangerous
          dead defect defective delay delayed difficult dirty disappoint disappointed disappointing disappointment
          disaster disgusting dislike dreadful dull error errors expensive fail failed fails failure fake false fault
          faulty fear fraud frustrated frustrating guilty harmful hate hated hates horrible hostile hurt inferior
          insult issue issues junk lacking late lazy lie lied loss lost mess miserable misleading missing mistake noisy
          nasty negative nightmare pain painful pathetic poor poorly problem problems reject rejected rude ruin ruined sad
          scam scared shame shocking sick slow sorry stupid terrible tired ugly unacceptable unfair unfortunately unfriendly unhappy
          unpleasant unreliable unsafe unusable upset useless waste wasted weak worse worst worthless wrong""",
          "not no never none nobody nothing neither nor without cannot can't don't doesn't didn't isn't wasn't aren't"
              + " weren't won't wouldn't couldn't shouldn't hardly barely",
          "very really extremely absolutely so incredibly totally highly deeply truly");

  private static final Lexicon GERMAN =
      new Lexicon(
          """
          angenehm ausgezeichnet begeistert beste besten bester brillant dankbar danke ehrlich einfach einwandfrei empfehlen
          empfehlenswert empfehle erfolg erfolgreich erfreulich freude freundlich freundliche freundlicher froh fröhlich genial
          genießen glücklich großartig gut gute guten guter gutes herrlich herzlich hervorragend hilfreich höflich ideal klasse
          klar köstlich lecker leicht liebe lieben liebenswert lob lohnt mag nett nette netter nützlich perfekt positiv praktisch
          prima pünktlich sauber schnell schnelle schön schöne schönen schöner schönes sicher spitze stark super toll tolle toller
          tolles traumhaft überzeugt vertrauen vorteil wertvoll wunderbar wunderschön zufrieden zuverlässig""",
          """
          abgelehnt absturz albtraum angst ärger ärgerlich beschädigt beschwerde betrug böse defekt dreckig dumm enttäuschend
          enttäuscht enttäuschung falsch falsche fehler fehlerhaft frech frustrierend furchtbar gefahr gefährlich grausam
          grauenhaft hass hasse hässlich kaputt katastrophe kompliziert krank langsam langsame langweilig laut leider lüge
          mangel mangelhaft mies müll nachteil negativ nutzlos peinlich problem probleme schaden scheitern scheiterte
          schlecht schlechte schlechten schlechter schlechtes schlimm schmerz schmutzig schrecklich schuld schwach schwierig
          sinnlos störend teuer traurig trotz übel unbrauchbar unfair unfreundlich unfreundliche unglücklich unhöflich unmöglich
          unsicher unverschämt unzufrieden unzuverlässig verärgert verlust verspätet verspätung versagt wertlos wütend zerbrochen
          zerstört""",
          "nicht kein keine keinen keiner keinem keines nie niemals ohne nichts niemand weder kaum",
          "sehr wirklich äußerst absolut total extrem besonders so unglaublich richtig");

  private Sentiment() {}

  private record Lexicon(
      Set<String> good, Set<String> bad, Set<String> negations, Set<String> stresses) {
    Lexicon(String good, String bad, String negations, String stresses) {
      this(words(good), words(bad), words(negations), words(stresses));
    }

    private static Set<String> words(String list) {
      return Set.copyOf(Arrays.asList(list.strip().split("\\s+")));
    }
  }

  /**
   * What the words of a text say.
   *
   * @param label {@code positive}, {@code negative} or {@code mixed}; {@code none} where no word is
   *     in the lexicon
   * @param score what speaks well less what speaks badly, by their sum: −1 to 1; beyond 0.25 either
   *     way the label is clear; null for {@code none}
   * @param words that counted, those turned round with {@code not} before them; at most 100
   */
  record Found(String label, @Nullable Double score, double good, double bad, List<String> words) {}

  /** Empty for a language without a lexicon. */
  static Optional<Found> of(String text, String language) {
    return switch (language) {
      case "en" -> Optional.of(of(text, ENGLISH));
      case "de" -> Optional.of(of(text, GERMAN));
      default -> Optional.empty();
    };
  }

  private static Found of(String text, Lexicon lexicon) {
    List<Word> words = Words.of(text);
    List<String> counted = new ArrayList<>();
    double good = 0;
    double bad = 0;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i).lower();
      boolean speaksWell = lexicon.good().contains(word);
      if (!speaksWell && !lexicon.bad().contains(word)) {
        continue;
      }
      List<Word> before = before(text, words, i);
      boolean turned = before.stream().anyMatch(each -> lexicon.negations().contains(each.lower()));
      boolean stressed = !before.isEmpty() && lexicon.stresses().contains(before.getLast().lower());
      double weight = stressed ? STRESSED : 1;
      if (speaksWell == turned) {
        bad += weight;
      } else {
        good += weight;
      }
      counted.add(turned ? "not " + word : word);
    }
    List<String> shown = List.copyOf(counted.subList(0, Math.min(100, counted.size())));
    if (counted.isEmpty()) {
      return new Found("none", null, 0, 0, shown);
    }
    double score = Math.round((good - bad) / (good + bad) * 1000) / 1000.0;
    String label = score > CLEAR ? "positive" : score < -CLEAR ? "negative" : "mixed";
    return new Found(label, score, good, bad, shown);
  }

  /** The few words before, of the same sentence. */
  private static List<Word> before(String text, List<Word> words, int at) {
    int from = at;
    while (from > 0
        && at - from < REACH
        && text.substring(words.get(from - 1).end(), words.get(from).start())
            .chars()
            .noneMatch(c -> ".!?;:,".indexOf(c) >= 0)) {
      from--;
    }
    return words.subList(from, at);
  }
}
