package com.sutazai.agents.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A language that can be told by its function words: articles, pronouns, prepositions, the words
 * that each text of it is full of. They also say where a key phrase ends.
 */
enum Language {
  ENGLISH(
      "en",
      "",
      """
      a about above across after again against all along also am among an and any are as at be because been before being below between
      both but by can cannot could did do does doing down during each even few for from further had has have having he
      her here hers herself him himself his how however i if in into is it its itself just many may me might more most
      much must my myself no nor not now of off on once only or other our ours out over own same shall she should since
      so some such than that the their theirs them themselves then there these they this those through to too under
      until up upon us very was we were what when where which while who whom whose why will with within without would
      yet you your yours yourself"""),
  GERMAN(
      "de",
      "ß",
      """
      aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist da damit dann
      das dass dem den denn der des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen
      einer eines er es etwa etwas euch für gegen hat hatte hatten ich ihm ihn ihr ihre ihrem ihren ihrer im in ist ja
      jede jeder jedes jetzt kann kein keine keinen können man mehr mein meine mit muss nach nicht nichts noch nur ob
      oder ohne schon sehr sein seine seinem seinen seiner sich sie sind so soll sondern um und uns unser unsere unter
      viel vom von vor war waren was weil wenn wer werden wie wieder wir wird wo wurde wurden zu zum zur zwischen über"""),
  FRENCH(
      "fr",
      "œ",
      """
      afin ainsi alors après au aucun aussi autre aux avant avec avoir car ce cela ces cet cette chez comme dans de
      depuis des donc dont du elle elles en encore entre est et eux fait faire il ils je la le les leur leurs lui mais
      me même mes moi mon ne nos notre nous on ont ou où par parce pas peut peu plus pour qu quand que qui quoi sa sans
      se sera ses si son sont sous sur ta tes toi ton tous tout toute toutes très tu un une vers vos votre vous été
      était étaient être à"""),
  SPANISH(
      "es",
      "ñ¿¡",
      """
      al algo ante antes aquí aunque cada como con contra cual cuando de del desde donde dos durante e el ella ellas
      ellos en entre era eran es esa ese eso esta estaba están estar este esto estos está fue fueron ha había han hasta
      hay la las le les lo los mas me mi mientras muy más ni no nos nosotros o otra otro para pero poco por porque pues
      que quien qué se sea ser si sido sin sobre son su sus sí también tan te tiene tienen todo todos tu un una uno unos
      y ya yo él"""),
  ITALIAN(
      "it",
      "",
      """
      a ad agli ai al alla alle allo anche ancora avere c che chi ci come con contro così cui da dagli dai dal dalla
      dalle degli dei del dell della delle dello di dopo dove e ed era erano essere fra gli ha hanno ho i il in io l la
      le lei li lo loro lui ma mentre mi mio molto ne negli nei nel nella nelle nello noi non nostro o ogni oppure per
      perché però più poi prima qual quale quando quanto quella quelle quelli quello questa queste questi questo qui se
      senza si sia sono stata stato su sua sue sugli sui sul sulla suo tra tu tutti tutto un una uno vi voi è"""),
  PORTUGUESE(
      "pt",
      "ãõ",
      """
      a ainda ante ao aos após aquela aquele as até cada com como contra da das de dela dele deles depois desde do dos
      e ela elas ele eles em entre era eram essa esse esta estava estão este está eu foi foram há isso isto já lhe mais
      mas me mesmo meu minha muito na nas nem no nos nossa nosso não num numa o onde os ou para pela pelas pelo pelos
      por porque qual quando que quem se seja sem ser seu seus sobre sua suas são só também te tem tinha todos tudo tão
      um uma umas uns você vocês à às é"""),
  DUTCH(
      "nl",
      "",
      """
      aan al alle alleen als altijd andere ben bij daar dan dat de deze die dit doch doen door dus een eens en er ge
      geen geweest had hebben heb heeft hem het hier hij hoe hun iemand iets ik in is ja je kan kon kunnen maar me meer
      men met mij mijn moet na naar niet niets nog nu of om omdat onder ons onze ook op over reeds te tegen toch toen
      tot u uit uw van veel voor waar want waren was wat werd wezen wie wij wil worden wordt zal ze zelf zich zij zijn
      zo zonder zou"""),
  SWEDISH(
      "sv",
      "åäö",
      """
      alla allt att av blev bli blir blivit de dem den denna deras dess det detta dig din ditt du där då efter ej eller
      en er ett från för ha hade han hans har henne hennes hon honom hur här i icke ingen inom inte jag ju kan kunde man
      med mellan men mig min mitt mot mycket ni nu när någon något några och om oss på samma sedan sig sin sina sitt
      själv skulle som så sådan till under upp ut utan vad var vara vem vi vid vilken än är över"""),
  DANISH(
      "da",
      "æøå",
      """
      ad af alle alt anden at bare blev blive bliver da de dem den denne der deres det dette dig din disse dog du efter eller
      en end er et for fordi fra ham han hans har havde have hende hendes her hos hun hvad hvem hvis hvor hvordan i ikke ind ingen intet jeg jer kan kom
      man mange med meget men mig min mine mod ned noget nogle nu når og også om op os over på selv sig sin sine skal
      skulle som sådan thi til ud under var vi vil ville vor være været"""),
  NORWEGIAN(
      "no",
      "æøå",
      """
      alle at av bare begge ble bli blir bort bra da de deg dem den denne der dere deres det dette di din du eller en
      enn er et ett etter for fordi fra før ha hadde han hans har hennes her hun hva hvem hver hvor hvordan hvorfor i
      ikke ingen inn jeg kan kom kunne man mange med meg meget mellom men mer min mitt mot mye nei noe noen nå når og
      også om opp oss over på samme seg selv si sin sitt skal skulle som så til ut uten var ved vi vil ville vår være
      vært"""),
  FINNISH(
      "fi",
      "äö",
      """
      ei eivät emme en enemmän että ettei hän häne hänen he heidän hei hyvin ihan itse ja jo joita joka joiden jos jossa
      jota jotka kaikki kanssa koska kuin kun kuten me mikä mitä minkä minun minä mitään mukaan mutta myös ne niiden
      niin niitä noin nyt näin ole oleva olen olette olevat oli olivat ollut on ovat pitää sekä sen siinä siitä sillä
      sinä sitä se tai tämä tämän tässä tätä te tuo vaan vai vain voi"""),
  POLISH(
      "pl",
      "łżźćńąęś",
      """
      a aby ale ani bardzo bez być był była było były bo by chce co czy dla do gdy gdzie go i ich ile im in inne jak
      jako jednak jego jej jest jestem jeszcze jeśli już każdy kiedy kto która które którego której który których którzy
      lub ma mi mnie może można na nad nam nas nawet nic nie niż nich nim o od on ona oni oraz po pod poza przed przez
      przy są się sobie swoje ta tak także tam te tego tej ten też to tu tylko tym w we więc wszystko z za ze że"""),
  CZECH(
      "cs",
      "řěůčšž",
      """
      a aby ale ani až bez bude budou by byl byla byli bylo být co což dnes do ho i já jak jako je jeho jej její jejich
      jen jenž ještě ji jsem jsme jsou jste k kde kdo kdy když ke která které který kteří ku ma máte mezi mi mít mně můj
      může na nad nám napiš náš ne nebo nebyl není než nic než o od on ona oni pak po pod podle pokud pouze práve pro
      proč proto protože před při s se si své svůj ta tak také tato te tedy ten tento této to toho tom tomto tu ty u už
      v vám váš ve více však všechno z za zde ze že"""),
  TURKISH(
      "tr",
      "ğış",
      """
      acaba ama ancak artık aslında az bana bazı belki ben beni bile bir biraz birçok biri biz bu buna bunu bunun çok
      çünkü da daha de defa diye dolayı en eğer gibi göre hem henüz hep hepsi her hiç için ile ise işte kadar karşı
      kendi ki kim mı mi mu mü nasıl ne neden nerede niye o olan olarak oldu olduğu olduğunu olsa olur ona onlar onu
      onun rağmen sadece sanki sen siz şey şu tarafından tüm var ve veya ya yani yok zaten"""),
  HUNGARIAN(
      "hu",
      "őű",
      """
      a abban ahhoz ahogy aki akkor alatt által általában amely amelyek amelyet ami amikor amit annak arra arról az azért
      azok azon azonban azt aztán azután bár be belül benne cikk csak de e ebben egy egyes egyéb egyik egyre ehhez ekkor
      el ellen elő előtt én és ez ezek ezen ezért ezt fel felé hanem ha hiszen hogy hogyan igen így illetve ilyen ismét
      itt jó jól kell kellett keresztül ki kívül között közül le legyen lehet lenne lesz lett maga majd már más meg még
      mert mi mint minden mit most nagy nagyon ne nem néha nincs olyan ott ő ők pedig persze sem során szerint talán
      tehát több úgy új utána vagy vagyok van volt voltak"""),
  ROMANIAN(
      "ro",
      "ățșţş",
      """
      a acea aceasta această aceea acei aceia acel acela acele acest acesta aceste acestea acești ai aici al ale alt am
      ar are aș asta astfel au avea avem ca că care căreia cât când ce cea cei cel cele cine cu cum da dacă dar de deci
      decât deja deși din după ea ei el ele era este eu fi fie fiecare fost în încă între îi îl își la le li lor lui mai
      mea mult mă ne nici nimic niște noi nostru nu o ori orice pe pentru peste poate prin sa să sale sau se sunt suntem
      și te toate toți tot un una unde unei unui va vor"""),
  RUSSIAN(
      "ru",
      "ыэёъ",
      """
      а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его ее если есть
      еще же за здесь и из или им их к как какая ко когда который которая которые кто ли либо мне может мы на надо наш
      не него нее нет ни них но ну о об однако он она они оно от очень по под при с со так также такой там те тем то
      того тоже той только том ты у уже хотя чего чей чем что чтобы эта эти это этого этой этом этот я"""),
  UKRAINIAN(
      "uk",
      "іїєґ",
      """
      а або адже але без би був була були було бути в вам вас весь вже ви від він вона вони воно всі все де для до його
      за з зі і із інший їх й її коли крім ми на навіть не нехай немає ні ним них по при про під після саме себе свій
      своє так також там та те ти то тому той тут у хоча це цей ця ці чи чого чому що щоб щодо я як яка який які якщо
      яке"""),
  ;

  private final String code;
  private final String letters;
  private final Set<String> functionWords;

  /**
   * @param letters that few other languages have
   * @param words the function words, in lower case
   */
  Language(String code, String letters, String words) {
    this.code = code;
    this.letters = letters;
    functionWords = Set.copyOf(Arrays.asList(words.strip().split("\\s+")));
  }

  /** ISO 639-1. */
  String code() {
    return code;
  }

  boolean hasFunctionWord(String word) {
    return functionWords.contains(word);
  }

  /** Whether the word has a letter that few other languages have. */
  boolean hasOwnLetter(String word) {
    return word.chars().anyMatch(c -> letters.indexOf(c) >= 0);
  }

  static Optional<Language> of(String code) {
    return Arrays.stream(values())
        .filter(each -> each.code.equals(code.toLowerCase(Locale.ROOT)))
        .findFirst();
  }
}
