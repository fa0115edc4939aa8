// What the pages say, in two languages.
export const words = {
  en: {
    console: 'Console', mute: 'Mute', unmute: 'Unmute', muting: 'Muting…', skip: 'Skip', stop: 'Stop all', hold: 'Pause', go_on: 'Go on', panic: 'Panic',
    saying: 'Saying now', nothing: 'Nothing is being said', host: 'Host says', waiting: 'Questions', none_waiting: 'No question waits.', over: 'Done and dropped', chat: 'Chat',
    table: 'On the table', no_product: 'nothing', unanswered: 'Asked without an answer', parts: 'Health', deeds: 'Who did what', say: 'Say this', say_hint: 'Words for the co-host to say',
    approve: 'Say it', edit: 'Edit', write: 'Write the answer', post: 'Text only', drop: 'Drop', wrong: 'Wrong', cancel: 'Cancel', invite: 'Invite', sign_out: 'Sign out', close: 'Close',
    mode: 'Mode', 'ask-first': 'Ask first', quiet: 'Text only', polite: 'In pauses', lively: 'Lively', solo: 'Solo',
    lost: 'CONNECTION LOST: what you press does not arrive', refused: 'Not done: ', private: 'PRIVATE', muted: 'MUTED', paused: 'PAUSED', held: 'to decide', waits: 'waits', preparing: 'next', speaking: 'speaking',
    answered: 'answered', posted: 'in chat', dropped: 'dropped', expired: 'too old', asked: 'asked', keys: 'Keys', all: 'all', questions: 'questions only', lines: 'lines', lost_lines: 'passed over', unsaid: 'not said', decided: 'decided in', spoken: 'spoken after',
    answer: 'answer', ignore: '', routine: 'routine', order: 'order', complaint: 'complaint', personal: 'personal', smalltalk: 'small talk', other_question: 'question', statement: '', hostile: 'hostile', to_host: 'host', to_hold: 'to decide',
    ai: 'AI co-host', ask_host: 'Only you can answer', coming: 'The co-host will say', says: 'The co-host says', room: 'The room asks', to_approve: 'May the co-host say this?', you_take: 'You take it', i_take: 'I take it', nothing_asked: 'Nobody waits for you.', correction: 'Correction for the chat (may stay empty)',
    help: 'm mute, and unmute · 5 mute for 5 minutes · s skip · x stop all · p pause, and go on · a say the first one to decide · d drop it · t answer it in text only · e edit it · i write something to say · v hear it first · w write an answer for the FAQ · c clear the list · l language · ? these keys', wrong_hint: 'Take it back',
    more: '…', more_long: 'More', answer_it: 'Answer', do_pin: 'Pin', do_unpin: 'Unpin', do_first: 'First', do_host: 'To the host', do_take: 'I answer', clear: 'Clear', mute_for: 'Mute 5 min', add_faq: 'Add to the FAQ', say_report: 'Say what was asked most', doubts: 'The host and the feed differ: answers are held', host_said: 'the host said', feed_says: 'the feed says', host_is_right: 'Host is right', feed_is_right: 'Feed is right', other_value: 'Another value',
    proposals: 'Proposed answers', proposed: 'see above', accept: 'Into the FAQ', decline: 'No', save: 'Save', field_value: 'True is', field_question: 'Question', field_text: 'Question', field_answer: 'Answer', taken: 'taken', host_state: 'with the host', link_once: 'Good once, for 15 minutes', name: 'Name', show: 'Show', password: 'Password', sign_in: 'Sign in', join_otherwise: 'Or ask the owner for an invitation: a link or a QR code, good once.',
    tip_mute: 'Silent at once, until you unmute', tip_mute_for: 'Silent at once, for 5 minutes', tip_skip: 'Not this one: the next', tip_pause: 'Nothing new is said or posted until you go on', tip_stop: 'Ends what is said and drops all that waits', tip_report: 'How many questions came in, and the two or three asked most often', tip_panic: 'Mutes, drops all that waits, clears the overlay', tip_only: 'Lines that ask for something',
    rundown: 'Run-down (solo)', schedule: 'Again and again', add_rundown: 'Add to the run-down', add_schedule: 'Add a line', in_cart: 'Its number in the cart', field_platform: 'Where', field_number: 'Number (0: none)', everywhere: 'wherever there is no other', number_please: 'A number from 0 to 9999, please', up: 'Further up', down: 'Further down', drop_line: 'Take out', aloud: 'aloud', in_text: 'in the chat', field_line: 'Words', field_product: 'Product', field_every: 'Every', field_how: 'How', preview: 'Hear it first',
    fans: 'From the fan page', twin_label: 'You are talking to an AI. It knows what the creator wrote down, and nothing else.', twin_talk: 'Conversation', twin_hint: 'Your question', twin_speak: 'Speak', twin_stop: 'Done', twin_send: 'Ask', twin_hear: 'Hear it', ai_short: 'AI',
    twin_thinking: '…', twin_listening: 'Listening: 15 seconds at most', twin_check: 'Is that right? Then press Ask.', twin_unheard: 'Nothing could be made out.', twin_passed: 'I can’t answer that myself. {name} will see your question.', twin_ignored: 'I can only help with questions about the shop and the show.', twin_slow: 'That was a lot at once: wait a little.', twin_away: 'The co-host has a break. Try again in a moment.', twin_failed: 'That did not work. Try again.',
    open_sound: 'Microphone and sound', close_sound: 'Sound off', sound_on: 'on: the browser keeps the co-host out of the microphone', sound_off: '', sound_refused: 'The browser was not allowed the microphone: allow it beside the address', sound_lost: 'lost, trying again',
  },
  zh: {
    console: '控制台', mute: '静音', unmute: '取消静音', muting: '正在静音…', skip: '跳过', stop: '全部停止', hold: '暂停', go_on: '继续', panic: '紧急停止',
    saying: '正在说', nothing: '现在没有说话', host: '主播说', waiting: '问题', none_waiting: '没有等待的问题。', over: '已处理', chat: '弹幕',
    table: '正在讲解', no_product: '无', unanswered: '还没有答案的问题', parts: '状态', deeds: '操作记录', say: '替我说', say_hint: '让副播说的话',
    approve: '说出来', edit: '修改', write: '写回答', post: '只发文字', drop: '不回答', wrong: '说错了', cancel: '取消', invite: '邀请', sign_out: '退出', close: '关闭',
    mode: '模式', 'ask-first': '先问我', quiet: '只发文字', polite: '停顿时说', lively: '活跃', solo: '独自主持',
    lost: '连接断开：现在按什么都没有用', refused: '没有成功：', private: '私密', muted: '已静音', paused: '已暂停', held: '待决定', waits: '等待', preparing: '下一个', speaking: '正在说',
    answered: '已回答', posted: '已发文字', dropped: '已放弃', expired: '已过期', asked: '人问', keys: '快捷键', all: '全部', questions: '只看问题', lines: '条弹幕', lost_lines: '条略过', unsaid: '条没说', decided: '判断用时', spoken: '开口用时',
    answer: '回答', ignore: '', routine: '常规', order: '订单', complaint: '投诉', personal: '私人', smalltalk: '闲聊', other_question: '提问', statement: '', hostile: '恶意', to_host: '主播', to_hold: '待决定',
    ai: 'AI 副播', ask_host: '只有你能回答', coming: '副播要说', says: '副播正在说', room: '大家在问', to_approve: '可以这样回答吗？', you_take: '你来说', i_take: '我来说', nothing_asked: '没有等你回答的问题。', correction: '发到弹幕的更正（可不填）',
    help: 'm 静音／取消静音 · 5 静音 5 分钟 · s 跳过 · x 全部停止 · p 暂停／继续 · a 说出第一个待决定的 · d 不回答它 · t 只发文字 · e 修改它 · i 写一句话让副播说 · v 先听一下 · w 写进问答表 · c 清空 · l 语言 · ? 快捷键', wrong_hint: '收回',
    more: '…', more_long: '更多', answer_it: '写回答', do_pin: '固定', do_unpin: '取消固定', do_first: '排最前', do_host: '交给主播', do_take: '我来答', clear: '清空', mute_for: '静音 5 分', add_faq: '加入问答表', say_report: '说说大家问得最多的', doubts: '主播说的和商品表不一致：相关回答先不说', host_said: '主播说', feed_says: '商品表是', host_is_right: '主播说得对', feed_is_right: '商品表对', other_value: '都不对，应为',
    proposals: '建议加入问答表', proposed: '见上', accept: '加入', decline: '不要', save: '保存', field_value: '正确的是', field_question: '问题', field_text: '问题', field_answer: '回答', taken: '有人在答', host_state: '交给主播', link_once: '只能用一次，15 分钟内有效', name: '名字', show: '显示', password: '密码', sign_in: '登录', join_otherwise: '或者请主人发邀请：链接或二维码，只能用一次。',
    tip_mute: '马上安静，直到取消静音', tip_mute_for: '马上安静 5 分钟', tip_skip: '这个不说，下一个', tip_pause: '不再说、不再发新的，直到继续', tip_stop: '停下正在说的，放弃所有等待的', tip_report: '收到多少问题，哪两三个问得最多', tip_panic: '静音，放弃所有等待的，清空叠加层', tip_only: '在问什么的弹幕',
    'in stock': '有货', 'out of stock': '缺货', preorder: '预售', backorder: '补货中',
    rundown: '流程（独自主持）', schedule: '定时说', add_rundown: '加入流程', add_schedule: '加一句', in_cart: '购物车里的几号', field_platform: '平台', field_number: '号（0：没有）', everywhere: '没有另设的平台', number_please: '请填 0 到 9999 的数字', up: '上移', down: '下移', drop_line: '去掉', aloud: '说出来', in_text: '发弹幕', field_line: '内容', field_product: '商品', field_every: '每隔', field_how: '方式', preview: '先听一下',
    fans: '粉丝页的问题', twin_label: '你在和 AI 对话。它只知道创作者写下来的内容。', twin_talk: '对话', twin_hint: '你的问题', twin_speak: '说话', twin_stop: '说完了', twin_send: '提问', twin_hear: '听回答', ai_short: 'AI',
    twin_thinking: '…', twin_listening: '正在听，最多 15 秒', twin_check: '听得对吗？对的话点“提问”。', twin_unheard: '没有听清。', twin_passed: '这个我回答不了，{name}会看到你的问题。', twin_ignored: '我只能回答和店铺、直播有关的问题。', twin_slow: '问得太快了，请稍等。', twin_away: '副播正在休息，请稍后再试。', twin_failed: '没有成功，请再试一次。',
    open_sound: '麦克风和声音', close_sound: '关闭声音', sound_on: '已接通：浏览器会把副播的声音从麦克风里去掉', sound_off: '', sound_refused: '浏览器没有得到麦克风权限：请在地址栏旁边允许', sound_lost: '断开了，正在重试',
  },
}

// Why an item stands where it stands, as the core says it in English; whatever is not here stays as it is.
const reasons = {
  'ask-first': '先问我', 'asked again': '又有人问', approved: '已同意', edited: '已修改', 'too old': '太久了', skip: '跳过', skipped: '跳过', stop: '停止', stopped: '停止', withdrawn: '弹幕已撤回', 'the message was deleted': '弹幕已撤回',
  'the list is full': '排满了', 'dropped by a moderator': '管理员放弃', 'the host answered': '主播已回答', 'marked as wrong': '被标为说错', say: '替我说', 'cut: host': '主播开口', 'cut: mute': '静音', 'cut: private': '私密', 'speech failed': '语音合成失败', 'handed over': '已转交',
}
export const why = reason => language === 'zh' ? reasons[reason] ?? reason : reason

// The parts of a session and how they are; a chat's address stays as it is.
const parts = {
  hearing: '听主播', voice: '副播声音', monitor: '监听', screen: '终端画面', microphone: '麦克风', models: '模型', memory: '记忆', knowledge: '知识', pages: '页面', recorder: '录制', recognition: '识别', session: '直播', core: '判断', tools: '工具', clock: '时钟', footprint: '占用', rehearsal: '预备', llm: '大模型', obs: 'OBS', handover: '转交',
  lost: '断开', degraded: '降级', starting: '启动中',
}
export const part = name => language === 'zh' ? parts[name] ?? name : name

export let language = new URLSearchParams(location.search).get('lang') || localStorage.getItem('livehost.language') || (navigator.language.startsWith('zh') ? 'zh' : 'en')
if (!words[language]) language = 'en'
export const say = key => words[language][key] ?? key
export function setLanguage (next) {
  language = next
  localStorage.setItem('livehost.language', next)
  translate()
}
export function translate () {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  for (const el of document.querySelectorAll('[data-say]')) el.textContent = say(el.dataset.say)
  for (const el of document.querySelectorAll('[data-label]')) el.setAttribute('aria-label', say(el.dataset.label))
  for (const el of document.querySelectorAll('[data-tip]')) el.title = say(el.dataset.tip)
  for (const el of document.querySelectorAll('[data-hint]')) { el.placeholder = say(el.dataset.hint); el.setAttribute('aria-label', say(el.dataset.hint)) }
}
