-- An index of words is only read by bitmaps, which our sessions do without. Before PostgreSQL 18 a plan with what is switched
-- off costs as much each time that a nested loop asks: with two languages it looked cheaper to read the passages of all owners.
-- So the search is where bitmaps are on, whatever the session says.

-- The question is put once for each language that the owner's documents are in, because the index holds stems.
-- 33 is 1 (longer passages count for less) and 32 (ranks from 0 to 1).
CREATE FUNCTION passages_found(owner uuid, asked_for text, most integer)
RETURNS TABLE (document_id uuid, number integer, configuration varchar, text text, question tsquery, rank real)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SET search_path FROM CURRENT SET enable_bitmapscan = on AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT passages.document_id, passages.number, passages.configuration, passages.text, asked.question,
         ts_rank_cd(passages.words, asked.question, 33) AS rank
  FROM (SELECT configuration, websearch_to_tsquery(configuration::text::regconfig, $2) AS question
        FROM (SELECT DISTINCT configuration FROM documents WHERE owner_id = $1) AS own) AS asked
  JOIN document_passages passages
    ON passages.words @@ asked.question AND passages.configuration = asked.configuration AND passages.owner_id = $1
  ORDER BY rank DESC, passages.document_id DESC, passages.number
  LIMIT $3;
END
$$;
