import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;

/** Reads records.tsv and queries.txt (Polish notation) in a folder, writes found.txt beside them. */
public final class LuceneSearch {
  private static final String[] FIELDS = {"title", "abstract"};
  private static final int MOST_WORDS = 1_000_000;

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int repeats = Integer.parseInt(arguments[1]);
    BooleanQuery.setMaxClauseCount(MOST_WORDS);
    long begun = System.nanoTime();
    IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(indexed(folder)));
    double indexSeconds = (System.nanoTime() - begun) / 1e9;
    searcher.setQueryCache(null);
    List<Query> queries = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("queries.txt"))) {
      queries.add(new ConstantScoreQuery(query(Arrays.asList(line.split(" ")).iterator())));
    }
    double best = Double.MAX_VALUE;
    for (int repeat = 0; repeat < repeats; repeat++) {
      long start = System.nanoTime();
      for (Query query : queries) searcher.count(query);
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    StringBuilder found = new StringBuilder();
    for (Query query : queries) found.append(places(searcher, query)).append('\n');
    Files.writeString(folder.resolve("found.txt"), found);
    Runtime runtime = Runtime.getRuntime();
    System.out.println(
        indexSeconds + " " + best + " " + (runtime.totalMemory() - runtime.freeMemory()));
  }

  private static ByteBuffersDirectory indexed(Path folder) throws IOException {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer());
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (String line :
          Files.readAllLines(folder.resolve("records.tsv"), StandardCharsets.UTF_8)) {
        String[] texts = line.split("\t", -1);
        Document document = new Document();
        for (int at = 0; at < FIELDS.length; at++) {
          document.add(new TextField(FIELDS[at], texts[at], Field.Store.NO));
        }
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    return directory;
  }

  /** Document numbers follow the order of indexing, in one segment. */
  private static String places(IndexSearcher searcher, Query query) throws IOException {
    StringBuilder found = new StringBuilder();
    searcher.search(
        query,
        new SimpleCollector() {
          private int base;

          @Override
          protected void doSetNextReader(LeafReaderContext context) {
            base = context.docBase;
          }

          @Override
          public void collect(int document) {
            found.append(base + document).append(' ');
          }

          @Override
          public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
          }
        });
    return found.toString().trim();
  }

  private static Query query(Iterator<String> tokens) {
    String kind = tokens.next();
    switch (kind) {
      case "and":
      case "or":
        BooleanQuery.Builder joined = new BooleanQuery.Builder();
        int count = Integer.parseInt(tokens.next());
        for (int at = 0; at < count; at++) {
          joined.add(query(tokens), kind.equals("and") ? Occur.MUST : Occur.SHOULD);
        }
        return joined.build();
      case "not":
        BooleanQuery.Builder without = new BooleanQuery.Builder();
        without.add(query(tokens), Occur.MUST);
        without.add(query(tokens), Occur.MUST_NOT);
        return without.build();
      case "near":
      case "ordered":
        return near(kind, tokens);
      default:
        return leaf(kind, tokens);
    }
  }

  private static Query leaf(String kind, Iterator<String> tokens) {
    List<String> words = new ArrayList<>();
    int count = kind.equals("phrase") ? Integer.parseInt(tokens.next()) : 1;
    for (int at = 0; at < count; at++) words.add(tokens.next());
    BooleanQuery.Builder either = new BooleanQuery.Builder();
    for (String field : FIELDS) {
      Query part;
      if (kind.equals("phrase")) part = new PhraseQuery(field, words.toArray(new String[0]));
      else if (kind.equals("prefix")) part = new PrefixQuery(new Term(field, words.get(0)));
      else part = new TermQuery(new Term(field, words.get(0)));
      either.add(part, Occur.SHOULD);
    }
    return either.build();
  }

  /** At most so many words between the operands, in one field. */
  private static Query near(String kind, Iterator<String> tokens) {
    int between = Integer.parseInt(tokens.next());
    IntervalsSource left = source(tokens);
    IntervalsSource right = source(tokens);
    IntervalsSource both =
        kind.equals("ordered")
            ? Intervals.ordered(left, right)
            : Intervals.unorderedNoOverlaps(left, right);
    BooleanQuery.Builder either = new BooleanQuery.Builder();
    for (String field : FIELDS) {
      either.add(new IntervalQuery(field, Intervals.maxgaps(between, both)), Occur.SHOULD);
    }
    return either.build();
  }

  private static IntervalsSource source(Iterator<String> tokens) {
    String kind = tokens.next();
    if (kind.equals("word")) return Intervals.term(tokens.next());
    if (kind.equals("prefix")) return Intervals.prefix(new BytesRef(tokens.next()), MOST_WORDS);
    if (!kind.equals("or")) throw new IllegalArgumentException("not in an interval: " + kind);
    IntervalsSource[] sources = new IntervalsSource[Integer.parseInt(tokens.next())];
    for (int at = 0; at < sources.length; at++) sources[at] = source(tokens);
    return Intervals.or(false, sources);
  }
}
