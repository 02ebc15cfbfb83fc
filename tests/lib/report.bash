# For tests of reports.

# agree SECOND TABLES: a second opinion, by second_opinion.awk, and the tables of
# share/report name the same numbers
agree() {
	local names='hosts|judged|compliant|patched|hosts_overdue|met|open|overdue'
	names+='|in_time|undated|excepted|security|exploited|unscored|class_[a-z]+'
	awk -F '\t' -v names="^($names)\$" '$1 == "number" && $2 != "cell" &&
	    $6 > 0 && $5 ~ names {
		print $2, ($2 == "tier" ? $3 : $2 == "owner" ? $4 : "*"), $5, $6
	}' "$2" | sort >"$BATS_TEST_TMPDIR/first_opinion"
	sort "$1" | diff "$BATS_TEST_TMPDIR/first_opinion" -
}
