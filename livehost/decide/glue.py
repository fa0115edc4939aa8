"""Words that carry no fact: what a sentence may have beside the words of its evidence. Data."""

from __future__ import annotations

# No word that widens, narrows or bounds a fact: all, only, more, over, still, also.
ENGLISH = frozenset(
    """
    a an the this that these those it its it's that's there there's here here's they they're their them he she we we're our us
    you you're you'll your yours i i'm i'd i'll me my mine one ones and so because if as then when
    of in on at to for from with by into out
    is are was were be been being am isn't aren't do does did don't doesn't have has had can could will would
    get gets got go goes going come comes take takes make makes made use uses let lets let's know see say says
    tell ask asked asking want wants need needs like likes love loves find finds look looks give gives keep keeps
    yes yeah yep sure absolutely definitely certainly indeed right ok okay well oh hey hi hello thanks thank please sorry
    question questions answer good great nice lovely happy glad friend friends everyone folks
    what which who where why how just very really simply
    """.split()  # noqa: SIM905 - a list of its own length would be a page
)
CHINESE = tuple(
    sorted(
        """
        亲 亲们 宝 宝子 宝子们 宝贝 宝贝们 家人 家人们 朋友 朋友们 大家 各位 姐妹 姐妹们 您 你 我 我们 咱们 你们 他们 它 它们
        是的 是 的 了 呢 哦 噢 啊 呀 吧 吗 嘛 哈 哈哈 嗯 对 对的 对呀 好的 好 当然 可以 能 会 要 想 有 有的
        这个 这款 这件 那个 那款 那件 这 那 一下 一个 和 与 跟 真的 真
        在 到 从 给 为 对于 关于 把 被 让 因为 所以 如果 然后 其实 就是 的话 时候 里
        请 请问 谢谢 感谢 问题 问得好 问到 放心 看看 告诉 知道 记得 喜欢 帮 来 去 说 看 问 答 用 做 哪里 哪个 什么 怎么
        """.split(),  # noqa: SIM905
        key=len,
        reverse=True,
    )
)
